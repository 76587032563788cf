"""After a message was accepted, no exit code says that nothing was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from connect_sms.cli.commands.status import follow
from connect_sms.cli.exit_codes import Exit
from connect_sms.cli.output import Output
from connect_sms.cli.signals import Interrupts
from connect_sms.errors.base import ConfigurationError, ConnectSmsError, InvalidArgument

if TYPE_CHECKING:
    from connect_sms.client import SmsClient


class _Refusing:
    """A client whose wait is refused before it asks, such as for an answer's umid that no URL can hold."""

    def __init__(self, error: ConnectSmsError) -> None:
        self._error = error

    def wait(self, *_: object, **__: object) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "alone"),
    [
        (InvalidArgument("umid has the invisible character U+001B", argument="umid"), Exit.USAGE),
        (ConfigurationError("there is no key"), Exit.CONFIGURATION),
    ],
    ids=["argument", "configuration"],
)
def test_what_was_sent_is_not_denied(error: ConnectSmsError, alone: Exit) -> None:
    sms = cast("SmsClient", _Refusing(error))
    with Interrupts() as stop:
        assert follow(sms, Output("wait"), stop, "umid", timeout=1, until="final") == alone
        sent = follow(sms, Output("send"), stop, "umid", timeout=1, until="final", message={"umid": "umid"})
        assert sent == Exit.TIMEOUT
