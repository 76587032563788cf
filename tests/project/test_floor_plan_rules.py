"""A made-up package breaks each rule of the floor plan once, and each breach is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.support.floor_plan import (
    RULES,
    arrows_upwards,
    circles,
    computed_imports,
    generated_code,
    http_libraries,
    idle_flows,
    late_imports,
    wings_apart,
)
from tests.support.import_graph import Import, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class TestControl:
    """A made-up package breaks each rule once, and each breach is found."""

    GOOD: Final = {
        "__init__.py": "from ._lazy import lazy_names\nHOMES = {'client': ('SmsClient',)}\n"
        "load = lazy_names(__name__, HOMES)",
        "_lazy.py": "",
        "models/__init__.py": "",
        "models/status.py": "from connect_sms._lazy import LazyModule",
        "_serving/sockets.py": "",
        "client.py": "from connect_sms.models import status",
        "wing/__init__.py": "from connect_sms.client import SmsClient",
        "other/__init__.py": "import connect_sms.wing",
        "cli/__init__.py": "",
        "cli/app.py": "def command():\n    from .commands import send",
        "cli/commands/send.py": "import connect_sms.wing",
    }

    def made(self, folder: Path, **files: str) -> Tree:
        root = folder / "connect_sms"
        for name, text in {**self.GOOD, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Tree.read(root)

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
    def test_a_good_tree_keeps_every_rule(
        self, tmp_path: Path, rule: Callable[[Tree], Iterator[str]]
    ) -> None:
        assert list(rule(self.made(tmp_path))) == []

    @pytest.mark.parametrize(
        ("rule", "file", "text"),
        [
            (circles, "models/status.py", "from connect_sms.client import SmsClient"),
            (circles, "models/status.py", "def late():\n    from connect_sms import client"),
            (circles, "models/status.py", "if TYPE_CHECKING:\n    from connect_sms.client import SmsClient"),
            (circles, "models/status.py", "client = LazyModule('connect_sms.client')"),
            (circles, "models/status.py", "from ..client import SmsClient"),
            (circles, "models/status.py", "from connect_sms import SmsClient"),
            (arrows_upwards, "models/status.py", "from connect_sms.config import Settings"),
            (arrows_upwards, "models/status.py", "if TYPE_CHECKING:\n    import connect_sms.client"),
            (arrows_upwards, "models/status.py", "from connect_sms.wing import thing"),
            (arrows_upwards, "client.py", "wing = LazyModule('connect_sms.wing')"),
            (arrows_upwards, "errors/base.py", "from connect_sms.models import status"),
            (arrows_upwards, "store/writer.py", "from connect_sms.client import SmsClient"),
            (arrows_upwards, "_serving/sockets.py", "from connect_sms.models import status"),
            (wings_apart, "other/more.py", "from connect_sms.wing import _secret"),
            (wings_apart, "other/more.py", "from connect_sms.wing._inner import thing"),
            (wings_apart, "other/more.py", "from connect_sms import cli"),
            (wings_apart, "other/more.py", "if TYPE_CHECKING:\n    from connect_sms.cli.app import command"),
            (wings_apart, "other/more.py", "from connect_sms.models.status import _inner"),
            (wings_apart, "other/more.py", "from connect_sms._calls.send import send"),
            (generated_code, "_calls/send.py", "from connect_sms_api.models import SentMessage"),
            (generated_code, "client.py", "if TYPE_CHECKING:\n    import connect_sms_api"),
            (generated_code, "_api/operations.py", "from connect_sms_api.client import Client"),
            (http_libraries, "client.py", "import httpx"),
            (http_libraries, "wing/more.py", "httpx = LazyModule('httpx')"),
            (late_imports, "client.py", "def call():\n    import csv"),
            (late_imports, "client.py", "class A:\n    async def call(self):\n        import anyio"),
            (late_imports, "wing/more.py", "def call():\n    from connect_sms.models import status"),
            (late_imports, "cli/other.py", "def call():\n    from connect_sms.cli import app"),
            (late_imports, "client.py", "def call():\n    import attrs"),
            (
                late_imports,
                "client.py",
                "def call():\n    try:\n        import csv\n    except ImportError:\n        pass",
            ),
            (late_imports, "client.py", "try:\n    import tomllib\nexcept ImportError:\n    pass"),
            (
                late_imports,
                "wing/more.py",
                "try:\n    from connect_sms import wing\nexcept ModuleNotFoundError:\n    wing = None",
            ),
            (late_imports, "cli/app.py", "def send():\n    import csv"),
            (late_imports, "cli/app.py", "def send():\n    from connect_sms.cli import parsing"),
            (late_imports, "cli/__init__.py", "def main():\n    from .app import app"),
            (computed_imports, "client.py", "import importlib\nimportlib.import_module('csv')"),
            (computed_imports, "client.py", "from importlib import import_module as load\nload('csv')"),
            (computed_imports, "wing/more.py", "__import__('csv')"),
            (idle_flows, "_calls/send.py", "import os"),
            (idle_flows, "_batch/sender.py", "from pathlib import Path"),
            (idle_flows, "_api/request.py", "import time"),
            (idle_flows, "_calls/send.py", "with open(path) as file: pass"),
            (idle_flows, "_calls/send.py", "path.unlink()"),
            (idle_flows, "_calls/send.py", "clock.sleep(5)"),
            *(
                (idle_flows, "_calls/send.py", call)
                for call in (
                    "path.open()",
                    "path.exists()",
                    "path.replace(other)",
                    "path.iterdir()",
                    "path.glob('*')",
                    "path.chmod(0o600)",
                    "fsync(file)",
                    "files.fsync(file)",
                )
            ),
        ],
        ids=lambda value: getattr(value, "__name__", str(value))[:60],
    )
    def test_a_breach_is_found(
        self, tmp_path: Path, rule: Callable[[Tree], Iterator[str]], file: str, text: str
    ) -> None:
        assert list(rule(self.made(tmp_path, **{file: text}))) != []

    @pytest.mark.parametrize(
        ("rule", "file", "text"),
        [
            (late_imports, "wing/more.py", "def call():\n    import typer"),
            (late_imports, "wing/more.py", "try:\n    import orjson\nexcept ImportError:\n    orjson = None"),
            (late_imports, "cli/__init__.py", "def main():\n    from .run import run"),
            (computed_imports, "_lazy.py", "from importlib import import_module\nimport_module(name)"),
            (idle_flows, "_calls/send.py", "text.replace('a', 'b')\nmoment.replace(tzinfo=UTC)"),
            (idle_flows, "_calls/send.py", "if TYPE_CHECKING:\n    import os"),
            (idle_flows, "_calls/send.py", "yield RunBlocking(path.unlink)"),
            (idle_flows, "_transport/files.py", "import os\nopen(path)"),
            (http_libraries, "client.py", "if TYPE_CHECKING:\n    import httpx"),
            (http_libraries, "_transport/http_pool.py", "import httpx"),
            (wings_apart, "other/more.py", "from connect_sms._serving.sockets import listen_on"),
        ],
        ids=lambda value: getattr(value, "__name__", str(value))[:60],
    )
    def test_what_is_allowed_is_not(
        self, tmp_path: Path, rule: Callable[[Tree], Iterator[str]], file: str, text: str
    ) -> None:
        assert list(rule(self.made(tmp_path, **{file: text}))) == []

    def test_each_import_is_seen_for_what_it_is(self, tmp_path: Path) -> None:
        text = (
            "import json, ssl\n"
            "if TYPE_CHECKING:\n    import csv\nelse:\n    csv = LazyModule('csv')\n"
            "def f():\n    from ..client import SmsClient\n"
        )
        tree = self.made(tmp_path, **{"models/status.py": text})
        found = [one for one in tree.imports if one.by == "models.status"]
        assert found == [
            Import("models.status", "json", 1),
            Import("models.status", "ssl", 1),
            Import("models.status", "csv", 3, typing=True),
            Import("models.status", "csv", 5, lazy=True),
            Import("models.status", "connect_sms.client.SmsClient", 7, function="f"),
        ]
