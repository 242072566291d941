"""Signing in with a link or a code from a mail."""
