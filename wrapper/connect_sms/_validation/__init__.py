"""Checks of what a caller gives. Each returns the value for the wire or raises `InvalidArgument`."""
