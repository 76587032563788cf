"""The sandbox as the contract tests ask it: over HTTP, on a clock that every request moves on."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from connect_sms.sandbox import RequestRecord, SandboxClock, SandboxServer
from contract_tests.sandbox.epoch import EPOCH
from contract_tests.support.clients import KEY, SUB_ACCOUNT

#: Sandbox seconds from one request to the next: the limit of one status request a second is met in between.
STEP: Final = 0.7


class EverySubAccount(frozenset[str]):
    """What a key may use that may use everything."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)


class Receipt(NamedTuple):
    """What would have been posted, and where."""

    url: str
    headers: Mapping[str, str]
    body: Any


class Served(NamedTuple):
    """A sandbox that listens, and the receipts that nobody was sent."""

    sandbox: SandboxServer
    receipts: list[Receipt]


@contextmanager
def serving(**settings: Any) -> Generator[Served]:
    """Serve on a free port; receipts are kept here and never posted, since a fuzzer names real hosts."""
    receipts: list[Receipt] = []

    def keep(url: str, headers: Mapping[str, str], body: bytes) -> int:
        receipts.append(Receipt(url, dict(headers), json.loads(body)))
        return 200

    options: dict[str, Any] = {
        "clock": SandboxClock(factor=0, start=EPOCH.timestamp()),
        "deliver": keep,
        "seed": 1,
        "accounts": {KEY: EverySubAccount({SUB_ACCOUNT})},
    }
    with SandboxServer(**{**options, **settings}) as sandbox:

        def step(event: object) -> None:
            if isinstance(event, RequestRecord):
                sandbox.clock.advance(STEP)

        sandbox.listen(step)
        yield Served(sandbox, receipts)
