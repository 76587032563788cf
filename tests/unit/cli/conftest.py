"""The command line in this process, on a sandbox of its own."""

from tests.support.cli_fixtures import account, clean_environment, cli, server

__all__ = ["account", "clean_environment", "cli", "server"]
