"""Notices: users are told of what changes about their account, and can say "this was not me"."""
