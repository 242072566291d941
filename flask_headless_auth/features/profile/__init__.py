"""Profile: what users see and change about themselves.

`GET /user/@me`, `PUT /user/@me` and `PATCH /user/@me`, which is the same operation.

- Only the well-known profile columns and those that the model marks `info={"auth": "writable"}` can be
  written; all but secret and private ones can be read.
"""
