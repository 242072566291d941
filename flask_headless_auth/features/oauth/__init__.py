"""OAuth: sign in with Google, Microsoft, GitHub, Apple, or any OpenID Connect issuer.

`GET /login/<provider>` and `GET|POST /callback/<provider>` for browsers, `POST /oauth/exchange` for the code
of the redirect, `POST /login/<provider>/nonce` and `POST /login/<provider>/token` for native apps;
`GET /identities`, `POST /identities/<provider>`, `DELETE /identities/<id>`.

- An identity is a provider and its subject, never an e-mail address.
- An address that the provider has proved links a confirmed account, and its owner is told. It takes an
  unconfirmed account over, and whoever made that keeps no way in. An unproved address links nothing.
- An account with power over others is never linked automatically.
- State, codes and nonces work once, for one browser and one provider. No token is ever in a URL.
"""
