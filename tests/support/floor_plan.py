"""The floor plan as rules over a tree of imports; each yields the breaches that it finds.

`FLOORS` are the floors from the ground up; a wing is every other folder. `store` and `_serving` stand beside
the floors and know little. Type-only and late imports count like any other.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import connect_sms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.import_graph import Tree

ROOT: Final = Path(connect_sms.__file__).parent
GENERATED: Final = "connect_sms_api"

#: Each floor may import those before it, and its own.
FLOORS: Final = (
    ("_fork", "_lazy", "_version"),
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
    "store": ("store", "models", "errors", "_fork", "_lazy"),
    "_serving": ("_serving", "errors", "_lazy"),
}

#: Modules of the core with an underscore that wings may import, and why.
SHARED_WITH_WINGS: Final = {
    "_lazy": "the lazy loader",
    "_version": "for --version and for reports",
    "_validation": "the same checks of the same values",
    "_serving": "one way of listening",
    "_transport.files": "one way of replacing a file",
    "_transport.json": "one way of reading and writing JSON",
    "_transport.proxies": "`doctor` says whether a proxy is in the way",
    "_transport.tls": "`doctor` trusts whom a client trusts",
    "_transport.exchange": "`check_transport` reads an exception as a client does",
    "_transport.effects": "a dry run looks at the request of a flow",
    "_api.eight_by_eight": "a dry run makes the context of a client",
    "_api.context": "the type of that context",
    "_calls.send": "a dry run builds the request of a send",
    "_batch.plan": "a dry run checks a batch and builds its first request",
}

#: Modules of wings that stand in for a server, or post as one.
USES_HTTPX: Final = {"sandbox.http.transport", "sandbox.transports.check", "sandbox.webhooks.poster"}

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
    idle_flows,
)
