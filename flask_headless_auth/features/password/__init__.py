"""Password: changing it while signed in.

`POST /password/update` asks for the current password, or, where the account has none, for a fresh sign-in.

- All other sessions end with the change.
"""
