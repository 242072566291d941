"""Sign-in: the one door. Every way in ends in `logic.finish`, and only there does a session begin.

`POST /login`, `GET /check-auth`, `POST /reauthenticate/options`, `POST /reauthenticate`, `GET /config`.

- Unknown, wrong and inactive give the same answer at the same cost.
- Whoever has a second factor is asked for it, whatever the way in; see `challenges`.
- Proving presence again renews the tokens of the request's own channel and of the same user only.
"""
