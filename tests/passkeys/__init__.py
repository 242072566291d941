"""Passkeys: adding, signing in, second factor, presence, and every way in which an answer can be wrong."""
