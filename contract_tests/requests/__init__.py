"""Whatever a caller passes, the wire is right; whatever is wrong never reaches it."""
