"""The operations of the service, from a request to a response, without any I/O."""
