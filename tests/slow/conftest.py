"""A server to test with."""

from tests.support.store_fixtures import postgres_server, postgres_url, where

__all__ = ["postgres_server", "postgres_url", "where"]
