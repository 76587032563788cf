"""One module for each call of the API: send, status, wait, send and confirm, log exports."""
