"""Magic links: sign in with a link or a six-digit code from a mail, without a password."""
