"""The floor plan: arrows between modules run one way. A made-up package shows that each breach is found.

`FLOORS` are the floors from the ground up; a wing is every other folder. `store` and `_serving` stand beside
the floors and know little. Type-only and late imports count like any other.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

import connect_sms
from tests.support.import_graph import Import, Tree
from tests.support.paths import ROOT as REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(connect_sms.__file__).parent
GENERATED: Final = "connect_sms_api"

#: Each floor may import those before it, and its own.
FLOORS: Final = (
    ("_lazy", "_version"),
    ("errors.base", "models.private", "models.redaction", "models.responses"),
    ("text",),
    ("models",),
    ("errors",),
    ("_validation",),
    ("hook_events", "hooks", "clock"),
    ("config", "environment"),
    ("options",),
    ("_transport",),
    ("_api",),
    ("_calls", "_batch"),
    ("_client", "client", "async_client"),
    ("policy",),
)

#: What stands beside the floors, and all that it may import.
BESIDE: Final = {
    "store": ("store", "models", "errors", "_lazy"),
    "_serving": ("_serving", "errors", "_lazy"),
}

#: Modules of the core with an underscore that wings may import, and why.
SHARED_WITH_WINGS: Final = {
    "_lazy": "the lazy loader",
    "_version": "for --version and for reports",
    "_validation": "the same checks of the same values",
    "_serving": "one way of listening",
    "_transport.json": "one way of reading and writing JSON",
    "_transport.effects": "a dry run looks at the request of a flow",
    "_api.eight_by_eight": "a dry run makes the context of a client",
    "_api.context": "the type of that context",
    "_calls.send": "a dry run builds the request of a send",
    "_batch.plan": "a dry run checks a batch and builds its first request",
}

#: Modules of wings that stand in for a server, or post as one.
USES_HTTPX: Final = {"sandbox.http.transport", "sandbox.webhooks.poster"}

#: Whose length is that of their declarations.
LONG: Final = {"client", "async_client", "cli.app", "cli.options"}
MAX_LINES: Final = 350

#: Modules of flows, which decide and do nothing themselves.
FLOWS: Final = ("_api", "_calls", "_batch")
DOERS: Final = (
    *("asyncio", "anyio", "trio", "threading", "subprocess", "time", "random"),
    *("socket", "ssl", "select", "httpx", "aiohttp", "urllib.request"),
    *("os", "io", "pathlib", "shutil", "tempfile", "sqlite3"),
)
DEEDS: Final = frozenset(
    {
        *("sleep", "connect", "unlink", "stat", "mkdir", "rmdir", "rename", "touch"),
        *("open", "exists", "is_file", "is_dir", "iterdir", "glob", "rglob", "chmod", "fsync"),
        *("read_text", "read_bytes", "write_text", "write_bytes"),
    }
)

#: The top-level packages of optional extras, and keyring: what may be imported late or under a guard.
EXTRAS: Final = {
    *("rich", "typer", "psycopg", "defusedxml", "httpx_aiohttp", "aiohttp"),
    *("uvicorn", "starlette", "orjson", "keyring"),
}

#: Own modules that are imported late all the same, and why.
LATE: Final = {
    (
        "cli",
        "connect_sms.cli.run.run",
    ): "without the extra there is no typer; `main` then says what to install",
}


def floor_of(module: str) -> int | None:
    """The floor that a module stands on; None for wings and what stands beside."""
    found = [
        (len(name), level)
        for level, names in enumerate(FLOORS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    return max(found)[1] if found else None


def top(module: str) -> str:
    """A module's folder, or the module itself when it stands in none."""
    return module.partition(".")[0]


def wing_of(tree: Tree, module: str) -> str | None:
    """The wing that a module belongs to; None for the core."""
    beside = module == tree.package or top(module) in BESIDE
    return None if beside or floor_of(module) is not None else top(module)


def circles(tree: Tree) -> Iterator[str]:
    """No circle of files."""
    for circle in tree.circles():
        yield "circle: " + ", ".join(circle)


def arrows_upwards(tree: Tree) -> Iterator[str]:
    """Each floor imports the floors below it, and what stands beside knows little."""
    for one in tree.imports:
        module = tree.module_of(one.what)
        if module is None or one.by == tree.package:
            continue
        floor, target = floor_of(one.by), floor_of(module)
        if (floor is not None and (target is None or target > floor)) or (
            top(one.by) in BESIDE
            and not any(module == name or module.startswith(f"{name}.") for name in BESIDE[top(one.by)])
        ):
            yield str(one)


def wings_apart(tree: Tree) -> Iterator[str]:
    """A wing imports no underscore name of another, none imports `cli`, and few inner modules of the core."""
    for one in tree.imports:
        module, wing = tree.module_of(one.what), wing_of(tree, one.by)
        if module is None or wing is None or top(module) == wing:
            continue
        names = one.what.split(".")[1:]
        private = [name for name in names if name.startswith("_") and not name.endswith("__")]
        shared = any(module == name or module.startswith(f"{name}.") for name in SHARED_WITH_WINGS)
        if top(module) == "cli" or (private and not (wing_of(tree, module) is None and shared)):
            yield str(one)


def generated_code(tree: Tree) -> Iterator[str]:
    """Generated code is imported by `_api` and `routes` alone, and its client by nobody."""
    client = (f"{GENERATED}.client", f"{GENERATED}.Client", f"{GENERATED}.AuthenticatedClient")
    for one in tree.imports:
        if one.within(GENERATED) and (top(one.by) not in {"_api", "routes"} or one.within(*client)):
            yield str(one)


def http_libraries(tree: Tree) -> Iterator[str]:
    """httpx is loaded by `_transport`, and by a wing's own server side or test transport."""
    for one in tree.imports:
        loaded = one.within("httpx", "httpx_aiohttp", "aiohttp") and not one.typing
        if loaded and top(one.by) != "_transport" and one.by not in USES_HTTPX:
            yield str(one)


def late_imports(tree: Tree) -> Iterator[str]:
    """Only extras, a command's own module and what `LATE` names are imported late or under a guard."""
    for one in tree.imports:
        if (one.function is None and not one.guarded) or one.typing:
            continue
        command = one.by == "cli.app" and one.within(f"{tree.package}.cli.commands")
        if not (one.within(*EXTRAS) or command or (one.by, one.what) in LATE):
            yield str(one)


def computed_imports(tree: Tree) -> Iterator[str]:
    """Only `_lazy` imports by a name that it is given: no other import is hidden from these rules."""
    for name, path in tree.modules.items():
        if name == "_lazy":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called: set[str] = set()
            if isinstance(node, ast.Name | ast.Attribute):
                called = {node.id if isinstance(node, ast.Name) else node.attr}
            elif isinstance(node, ast.ImportFrom):
                called = {alias.name for alias in node.names}
            if called & {"import_module", "__import__"}:
                yield f"{name}:{getattr(node, 'lineno', 0)} imports by a computed name"


def lengths(tree: Tree) -> Iterator[str]:
    """No file is longer than 350 lines but the two clients and the command line's declarations."""
    for name, path in tree.modules.items():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_LINES and name not in LONG:
            yield f"{name}: {lines} lines"


def idle_flows(tree: Tree) -> Iterator[str]:
    """Flows decide; files, sockets, sleep and threads are for runners, pools and what they call."""
    for one in tree.imports:
        if top(one.by) in FLOWS and one.within(*DOERS) and not one.typing:
            yield str(one)
    for name, path in tree.modules.items():
        if top(name) not in FLOWS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            deed = function.attr if isinstance(function, ast.Attribute) else None
            opens = isinstance(function, ast.Name) and function.id in {"open", "print", "input", "fsync"}
            # A path's `replace` takes one argument; that of a string two, and that of a time named ones.
            moves = deed == "replace" and len(node.args) == 1
            if opens or moves or deed in DEEDS:
                yield f"{name}:{node.lineno} calls {ast.unparse(function)}"


RULES: Final[tuple[Callable[[Tree], Iterator[str]], ...]] = (
    circles,
    arrows_upwards,
    wings_apart,
    generated_code,
    http_libraries,
    late_imports,
    computed_imports,
    lengths,
    idle_flows,
)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree.read(ROOT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps_the_rule(tree: Tree, rule: Callable[[Tree], Iterator[str]]) -> None:
    assert sorted(rule(tree)) == []


def test_the_package_is_read_whole(tree: Tree) -> None:
    assert len(tree.modules) > 100
    assert len(tree.imports) > 1000
    assert {wing for name in tree.modules if (wing := wing_of(tree, name))} >= {"cli", "receipts", "sandbox"}


def test_every_rule_is_about_modules_that_exist(tree: Tree) -> None:
    named = {name for names in FLOORS for name in names} - {"policy"}
    assert named <= tree.modules.keys()
    assert SHARED_WITH_WINGS.keys() <= tree.modules.keys()
    assert set(LATE) <= {(one.by, one.what) for one in tree.imports if one.function is not None}


def test_the_picture_shows_the_floors(tree: Tree) -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = page.partition("```text\n")[2].partition("```")[0]
    _, *rows = re.split(r"^─+.*$", picture, flags=re.MULTILINE)
    shown = [
        {
            floor_of(name.replace("/", "."))
            for line in row.splitlines()
            for name in re.findall(r"([\w/]+)(?:\.py|/)(?=\s)", line[:44])
        }
        for row in rows
    ]
    there = [level for level, names in enumerate(FLOORS) if tree.modules.keys() & set(names)]
    assert shown == [{level} for level in reversed(there)]


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
            (lengths, "models/status.py", "\n" * 351),
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
