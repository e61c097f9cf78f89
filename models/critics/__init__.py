"""Critics, one family a file."""
