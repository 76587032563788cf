"""What is loaded when."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

import pytest

from tests.support.floor_plan import GENERATED, ROOT


def loaded_by(statement: str) -> set[str]:
    """What a fresh interpreter has loaded after a statement."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    path = [str(ROOT.parent), str(ROOT.parent.parent / "generated")]
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{code}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(found.stdout))


class TestLazy:
    """What is loaded when."""

    HEAVY: Final = {"httpx", "httpcore", "aiohttp", "anyio", GENERATED, "attrs", "attr", "asyncio", "ssl"}

    def test_importing_the_package_loads_next_to_nothing(self) -> None:
        loaded = loaded_by("import connect_sms")
        assert loaded & self.HEAVY == set()
        assert {name for name in loaded if name.startswith("connect_sms")} == {
            "connect_sms",
            "connect_sms._lazy",
            "connect_sms._version",
        }

    @pytest.mark.parametrize("name", ["ConnectSmsError", "segments", "ApiCode", "Outcome", "SendOptions"])
    def test_what_needs_no_connection_loads_no_httpx(self, name: str) -> None:
        loaded = loaded_by(f"from connect_sms import {name}")
        assert loaded & {"httpx", "httpcore", "aiohttp", "anyio", GENERATED, "asyncio"} == set()

    def test_the_blocking_client_loads_what_a_send_needs(self) -> None:
        loaded = loaded_by("from connect_sms import SmsClient")
        assert "httpx" in loaded
        for unneeded in (
            "aiohttp",
            "httpx_aiohttp",
            "connect_sms.async_client",
            "connect_sms._batch",
            "connect_sms._calls.log_export",
            "connect_sms._calls.wait",
            "connect_sms._transport.async_http_pool",
            "connect_sms.models.batch_results",
            "connect_sms.models.api_codes",
            "connect_sms.receipts",
            "connect_sms.store",
        ):
            assert unneeded not in loaded
