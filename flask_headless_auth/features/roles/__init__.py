"""Roles: which roles a user has.

It has no endpoints of its own: `user.role` and `user.roles` answer, `auth.grant_role` and
`auth.revoke_role` change, `@roles_required("admin")` guards a route.

- A change holds from the next request on every worker: roles are read from the database, never from a token.
- A model with a `role` column keeps it: its value is the first of the user's roles.
"""
