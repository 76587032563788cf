"""Changes that a vendor may make to its file, and rewritings that change nothing."""
