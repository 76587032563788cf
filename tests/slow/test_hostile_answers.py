"""Every command of a server whose answers are hostile in every string, are errors, or have another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.cli.test_hostile_answers import CHANGES, COMMANDS, check, store, umid
from tests.support.cli_fixtures import account, clean_environment, cli, server

if TYPE_CHECKING:
    from tests.support.cli_fixtures import Cli

__all__ = ["account", "clean_environment", "cli", "server", "store", "umid"]  # fixtures


@pytest.mark.parametrize("umid", CHANGES, indirect=True)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_of_a_command_that_asks(command: tuple[str, ...], cli: Cli, umid: str) -> None:
    check(cli, *(word.replace("{umid}", umid) for word in command))
