"""The vendor's own OpenAPI file. It is read in place and is no part of the project."""

import json
import os
from pathlib import Path
from typing import Any

from contract_tests.contract import ROOT

#: The variable says where it is, where it is not beside the project.
VENDOR_FILE = Path(
    os.environ.get("CONNECT_SMS_VENDOR_FILE", ROOT.parent / "shared" / "reference" / "vendor-sms-api.json")
)
#: Its paths carry the fixed part that in our contract belongs to the servers.
PREFIX = "/api/v1/subaccounts"


def read_vendor(path: Path = VENDOR_FILE) -> dict[str, Any]:
    """Read the vendor's file."""
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document
