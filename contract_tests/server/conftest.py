"""The server that was named; or else two that have to be right: a sandbox, and Prism on the contract."""

from collections.abc import Iterator

import pytest

from connect_sms.sandbox import SandboxServer
from contract_tests.contract import load
from contract_tests.server.target import Target, from_environment
from contract_tests.support.prism import missing, serving, without_callbacks

NAMED = from_environment()


SERVERS = ["sandbox", pytest.param("prism", marks=pytest.mark.nightly)] if NAMED is None else ["named"]


@pytest.fixture(scope="session", params=SERVERS)
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """A server, on which every check has to pass."""
    if NAMED is not None:
        yield NAMED
    elif request.param == "sandbox":
        with SandboxServer(factor=100, status_per_second=None) as sandbox:
            yield Target(sandbox.base_url)
    elif complaint := missing():
        pytest.skip(complaint)
    else:
        with serving(without_callbacks(load())) as prism:
            yield Target(prism.url)
