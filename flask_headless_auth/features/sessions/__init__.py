"""Sessions: one row per sign-in, and the tokens that stand for it.

`POST /token/refresh` rotates, `POST /logout` ends, `GET /sessions` lists the user's devices and
`DELETE /sessions` or `DELETE /sessions/<id>` end them. `GET /.well-known/jwks.json` publishes the keys.

- An ended session is refused by the next request on every worker, by plain `@jwt_required()` too.
- A refresh token works once. A second use ends the session, unless it comes within the grace for a second
  tab or a lost reply: then it gets the same successor.
- The absolute end of a session never moves.
"""
