"""The contract on a server that listens somewhere, asked over HTTP, for nothing that only the sandbox has."""
