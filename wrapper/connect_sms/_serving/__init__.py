"""Listening sockets and uvicorn, for the wings that serve HTTP."""
