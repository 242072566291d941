"""E-mail addresses: confirmed, changed, and never taken from their owner."""
