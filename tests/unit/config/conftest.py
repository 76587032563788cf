"""No test of this folder hears what the environment says."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "API_KEY_FILE", "SUB_ACCOUNT_ID", "REGION", "BASE_URL", "TIMEOUT", "SENDER"):
        monkeypatch.delenv(f"CONNECT_SMS_{name}", raising=False)
