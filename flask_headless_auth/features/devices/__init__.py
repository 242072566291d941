"""Devices: the browsers and apps in which a user has signed in before, so that a new one can be told of.

It has no endpoints. A browser keeps a secret in the cookie `__Host-device`; a client without cookies is known
by what it calls itself and the network that it comes from.

- The first device of an account is known from its first sign-in; each other one is told of when it signs in.
- The cookie is set only where tokens travel in cookies, and only by a sign-in that is complete. It signs
  nobody in. One browser may be known to several users, and nothing in the database says so.
- Neither addresses nor what clients call themselves are kept: digests of them are, and a description.
- At most fifty devices of a user are remembered, for a year from the last sign-in.
"""
