"""Sign-in: the one door. Every way in ends in `logic.finish`, and only there does a session begin.

`POST /login`, `GET /check-auth`, `POST /reauthenticate/options`, `POST /reauthenticate`, `GET /config`.

- Unknown, wrong and inactive give the same answer at the same cost.
- A second factor that is enrolled and cannot be asked for fails the sign-in closed.
- Proving presence again renews the tokens of the request's own channel and of the same user only.
"""
