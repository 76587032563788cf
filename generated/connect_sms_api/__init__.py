"""A client library for accessing SMS sending and status (unofficial contract)"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
