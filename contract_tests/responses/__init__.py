"""Whatever a server answers, the caller gets a result that says what it said, or a declared error."""
