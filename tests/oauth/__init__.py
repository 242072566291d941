"""Sign in with providers."""
