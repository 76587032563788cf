"""The sandbox is a witness: it must not share the contract, the generated code or the client's judgement."""

from __future__ import annotations

from tests.support.processes import python

PROGRAM = """
import json, sys
from connect_sms.sandbox import Sandbox, SandboxServer
sandbox = Sandbox(factor=0)
headers = {"authorization": "Bearer sandbox-key", "content-type": "application/json"}
body = json.dumps({"messages": [{"destination": "+447700900123", "text": "Hi"}]}).encode()
assert sandbox.service.handle("POST", "/sandbox/messages/batch", headers, body).status == 200
print(*sorted(name for name in sys.modules if name.startswith("connect_sms")))
print("httpx" in sys.modules)
"""


def test_it_loads_neither_generated_code_nor_the_client() -> None:
    done = python("-c", PROGRAM)
    loaded, httpx = done.stdout.splitlines()
    outside = {name for name in loaded.split() if not name.startswith("connect_sms.sandbox")}
    # Calling codes are the ITU's facts, and not for 8x8 to decide.
    assert outside <= {
        "connect_sms",
        "connect_sms._lazy",
        "connect_sms._serving",
        "connect_sms._serving.sockets",
        "connect_sms._serving.uvicorn",
        "connect_sms._validation",
        "connect_sms._validation.hosts",
        "connect_sms._version",
        "connect_sms.errors",
        "connect_sms.errors.base",
        "connect_sms.models",
        "connect_sms.models.calling_codes",
        "connect_sms.models.private",
        "connect_sms.models.redaction",
    }
    assert httpx == "False"


def test_importing_the_package_costs_nothing_until_a_name_is_used() -> None:
    heavy = ("starlette", "uvicorn", "httpx", "orjson")
    program = f"import sys, connect_sms.sandbox; print([name for name in {heavy} if name in sys.modules])"
    done = python("-c", program)
    assert done.stdout.strip() == "[]"


def test_a_missing_extra_is_named_with_the_line_to_type() -> None:
    program = """
import sys
sys.modules["uvicorn"] = None
from connect_sms.errors import MissingExtra
import connect_sms.sandbox
try:
    connect_sms.sandbox.SandboxServer
except MissingExtra as missing:
    print(missing)
"""
    done = python("-c", program)
    assert "connect-sms[sandbox]" in done.stdout
