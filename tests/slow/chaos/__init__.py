"""Kill whoever sends, at random moments, and ask the sandbox what it accepted."""
