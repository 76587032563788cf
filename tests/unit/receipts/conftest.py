"""Stores to test with."""

from tests.support.store_fixtures import sqlite_store

__all__ = ["sqlite_store"]
