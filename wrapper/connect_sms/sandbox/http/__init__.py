"""The sandbox over HTTP: server, ASGI application, control endpoints, page, and httpx transports."""
