"""Checks of the caller's values. Each returns the value for the wire or raises `InvalidArgument`."""
