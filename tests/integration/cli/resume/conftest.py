"""A batch that was killed half-way, in every test of this folder."""

from tests.support.cli_resume import killed, recipients, server

__all__ = ["killed", "recipients", "server"]
