"""The guide says what there is."""

from __future__ import annotations

import re

from connect_sms import SmsClient, reconcile
from connect_sms.cli.app import app
from tests.support.paths import ROOT

GUIDE = (ROOT / "docs" / "reconcile.md").read_text(encoding="utf-8")


def test_every_name_of_the_wing_in_the_guide_exists() -> None:
    named = set(re.findall(r"\breconcile\.([a-z_]+)\(", GUIDE))
    assert named >= {"reconcile", "retryable", "summary", "write_html", "read_log"}
    assert named <= set(reconcile.__all__)


def test_every_method_of_the_client_in_the_guide_exists() -> None:
    named = set(re.findall(r"\bsms\.([a-z_]+)\(", GUIDE)) | {"create_log_export", "get_log_export"}
    assert [name for name in named if not hasattr(SmsClient, name)] == []


def test_every_option_in_the_guide_exists() -> None:
    [command] = [
        info.callback
        for info in app.registered_commands
        if getattr(info.callback, "__name__", "") == "reconcile"
    ]
    options = {f"--{name.replace('_', '-')}" for name in getattr(command, "__annotations__", {})}
    [line] = [line for line in GUIDE.splitlines() if line.startswith("$ connect-sms reconcile")]
    assert set(re.findall(r"--[a-z-]+", line)) <= options


def test_the_picture_is_there() -> None:
    for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE):
        assert (ROOT / "docs" / link).read_bytes().startswith(b"\x89PNG")
