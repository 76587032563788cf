"""Stores to test with."""

from tests.support.store_fixtures import opened, postgres_server, postgres_url, store, where

__all__ = ["opened", "postgres_server", "postgres_url", "store", "where"]
