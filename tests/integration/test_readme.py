"""The README's first program runs, as it stands, against a sandbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connect_sms.sandbox import SandboxServer
from tests.support.paths import ROOT

if TYPE_CHECKING:
    import pytest


def test_the_first_program_sends_waits_and_sends_a_batch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    program, *_ = re.findall(r"```python\n(from connect_sms import SmsClient\n.*?)```", page, re.DOTALL)
    with SandboxServer(factor=10_000, status_per_second=None) as sandbox:
        monkeypatch.setenv("CONNECT_SMS_API_KEY", "sandbox-key")
        monkeypatch.setenv("CONNECT_SMS_SUB_ACCOUNT_ID", "sandbox")
        monkeypatch.setenv("CONNECT_SMS_BASE_URL", sandbox.base_url)
        exec(program, {})  # noqa: S102  what a reader is told to run
        assert len(sandbox.messages) == 3
    final, batch = capsys.readouterr().out.splitlines()
    assert final == "delivered None"
    assert batch.endswith("() () ()")
