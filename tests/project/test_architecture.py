"""The arrows between modules, drawn from their imports: a new one fails here until it is thought over.

The rule, as it is:

- Wings (packages: the command line, the sandbox, receipts and so on) stand on the core (modules), never the
  other way, and a wing uses another only by its front door.
- Generated code has two halves. Its endpoints are bound in `_operations` and nowhere else. Its models are
  read in `messages` and filled in where a request is made of arguments; `_operations` names those of answers.
- httpx is loaded by `_http` alone. A wing may stand in for a server, and then it is a transport of httpx's.
- `import connect_sms` loads none of this.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

import connect_sms
from connect_sms import AsyncSmsClient, SmsClient
from tests.support import arguments_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(connect_sms.__file__).parent

#: Who fills in the generated models of requests, or reads those of answers, while running.
USES_MODELS = {"_operations", "_calls", "_prepare", "_batch", "_batch_rows", "_exports", "messages"}

#: Who is an httpx transport of its own, or posts receipts as 8x8 does.
USES_HTTPX = {
    "_http": "the connections",
    "cli.paper": "a transport that prints in place of sending",
    "sandbox.inprocess": "a transport to a sandbox in the same process",
    "sandbox.receipts": "posts receipts, as 8x8 does",
}

#: Inner modules of the core that wings may use.
SHARED_WITH_WINGS = {
    "_json": "one way of reading and writing JSON",
    "_sockets": "a socket that listens, for the sandbox and for receipts",
    "_serving": "a server in a thread, for the sandbox and for receipts",
}


@attrs.frozen
class Import:
    """One import: who, what, whether for types alone, and whether at once or when needed."""

    by: str
    what: str
    for_types: bool
    at_once: bool


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "connect_sms"


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}
CORE = {name for name, path in MODULES.items() if path.parent == ROOT and name != "connect_sms"}
WINGS = {name.split(".")[0] for name, path in MODULES.items() if path.parent != ROOT}


def imports_of(name: str) -> Iterator[Import]:
    path = MODULES[name]
    package = ["connect_sms", *path.relative_to(ROOT).parts[:-1]]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from walk(tree, name, package, for_types=False, at_once=True)


def walk(node: ast.AST, by: str, package: list[str], *, for_types: bool, at_once: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(by, alias.name, for_types, at_once)
        elif isinstance(child, ast.ImportFrom):
            base = package[: len(package) - child.level + 1] if child.level else []
            home = ".".join([*base, *([child.module] if child.module else [])])
            for alias in child.names:
                yield Import(by, f"{home}.{alias.name}", for_types, at_once)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from walk(child, by, package, for_types=True, at_once=at_once)
        else:
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from walk(child, by, package, for_types=for_types, at_once=at_once and not later)


EVERY = [found for name in MODULES for found in imports_of(name)]


def test_imports_of_every_kind_are_seen() -> None:
    code = """
from tests.project import _batch
from tests.project.codes import ApiCode
from connect_sms_api.models import Price as P
import httpx, json
if TYPE_CHECKING:
    import ssl
def f():
    from ..text import segments
"""
    found = list(walk(ast.parse(code), "m", ["connect_sms", "wing"], for_types=False, at_once=True))
    assert [(one.what, one.for_types, one.at_once) for one in found] == [
        ("connect_sms.wing._batch", False, True),
        ("connect_sms.wing.codes.ApiCode", False, True),
        ("connect_sms_api.models.Price", False, True),
        ("httpx", False, True),
        ("json", False, True),
        ("ssl", True, True),
        ("connect_sms.text.segments", False, False),
    ]
    assert ours("connect_sms.text.segments") == "text"
    assert len(EVERY) > 300


def within(what: str, package: str) -> bool:
    return what == package or what.startswith(f"{package}.")


def ours(what: str) -> str | None:
    """The module of ours that an import loads."""
    if not within(what, "connect_sms"):
        return None
    rest = what.removeprefix("connect_sms").removeprefix(".")
    while rest and rest not in MODULES:
        rest = rest.rpartition(".")[0]
    return rest or "connect_sms"


def wing_of(name: str) -> str | None:
    first = name.split(".", maxsplit=1)[0]
    return first if first in WINGS else None


def shown(found: Iterable[Import]) -> list[str]:
    return sorted({f"{one.by} -> {one.what}" for one in found})


class TestGenerated:
    """Who touches generated code."""

    def test_its_endpoints_are_bound_in_one_place(self) -> None:
        users = {one.by for one in EVERY if within(one.what, "connect_sms_api.api")}
        assert users == {"_operations"}

    def test_its_models_are_used_where_requests_are_made_and_answers_read(self) -> None:
        users = {one.by for one in EVERY if within(one.what, "connect_sms_api") and not one.for_types}
        assert users == USES_MODELS

    def test_its_client_is_not_used(self) -> None:
        whole = {"connect_sms_api.client", "connect_sms_api.Client", "connect_sms_api.AuthenticatedClient"}
        assert [one for one in EVERY if any(within(one.what, part) for part in whole)] == []

    def test_no_wing_touches_it(self) -> None:
        found = [one for one in EVERY if within(one.what, "connect_sms_api") and wing_of(one.by)]
        assert shown(found) == []


class TestTransport:
    """Who loads httpx."""

    def test_connections_alone_and_who_stands_in_for_a_server(self) -> None:
        users = {one.by for one in EVERY if within(one.what, "httpx") and not one.for_types}
        assert users <= USES_HTTPX.keys()
        assert "_http" in users
        assert {one.by for one in EVERY if within(one.what, "aiohttp")} == set()


class TestWings:
    """Who stands on whom."""

    def test_the_core_knows_of_no_wing(self) -> None:
        found = [one for one in EVERY if one.by in CORE and wing_of(ours(one.what) or "")]
        assert shown(found) == []

    def test_a_wing_uses_another_by_its_front_door(self) -> None:
        found = [
            one
            for one in EVERY
            if (mine := wing_of(one.by))
            and (module := ours(one.what))
            and (other := wing_of(module))
            and other != mine
            and (module != other or one.what.rpartition(".")[2].startswith("_"))
        ]
        assert shown(found) == []

    def test_a_wing_uses_the_public_modules_of_the_core(self) -> None:
        found = [
            one
            for one in EVERY
            if wing_of(one.by)
            and (module := ours(one.what)) in CORE
            and module is not None
            and module.startswith("_")
            and module not in SHARED_WITH_WINGS
        ]
        assert shown(found) == []


class TestCore:
    """The core itself."""

    def test_modules_load_each_other_in_one_direction(self) -> None:
        arrows: dict[str, set[str]] = {name: set() for name in CORE}
        for one in EVERY:
            module = ours(one.what)
            if one.by in CORE and one.at_once and not one.for_types and module in CORE:
                arrows[one.by].add(str(module))
        try:
            order = list(TopologicalSorter(arrows).static_order())
        except CycleError as cycle:
            pytest.fail(f"modules load each other in a circle: {cycle.args[1]}")
        assert order.index("_effects") < order.index("_flow") < order.index("_calls") < order.index("client")

    def test_the_clients_stand_on_everything_and_nothing_on_them(self) -> None:
        found = [one for one in EVERY if one.by in CORE and ours(one.what) in {"client", "aio"}]
        assert shown(found) == []

    @pytest.mark.parametrize("name", ["_flow", "_calls", "_verdict", "_batch", "_prepare"])
    def test_flows_do_nothing_themselves(self, name: str) -> None:
        """They decide; sockets, sleeping, threads and loops are for drivers and pools."""
        doers = {"asyncio", "anyio", "trio", "socket", "threading", "time", "httpx", "random"}
        assert [one.what for one in imports_of(name) if one.what.split(".")[0] in doers] == []


def loaded_by(statement: str) -> set[str]:
    """Top-level names and our own modules that a fresh interpreter has loaded after a statement."""
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

    HEAVY = frozenset(
        {"httpx", "httpcore", "aiohttp", "anyio", "connect_sms_api", "attrs", "attr", "asyncio", "ssl"}
    )

    def test_importing_the_package_loads_next_to_nothing(self) -> None:
        loaded = loaded_by("import connect_sms")
        assert loaded & self.HEAVY == set()
        assert {name for name in loaded if name.startswith("connect_sms")} == {"connect_sms"}

    @pytest.mark.parametrize("name", ["ConnectSmsError", "segments", "ApiCode", "Outcome"])
    def test_what_needs_no_connection_loads_no_httpx(self, name: str) -> None:
        loaded = loaded_by(f"from connect_sms import {name}")
        assert loaded & {"httpx", "httpcore", "aiohttp", "anyio", "connect_sms_api", "asyncio"} == set()

    def test_the_blocking_client_needs_neither_aiohttp_nor_the_other_client(self) -> None:
        loaded = loaded_by("from connect_sms import SmsClient")
        assert "httpx" in loaded
        assert (
            loaded & {"aiohttp", "httpx_aiohttp", "connect_sms.async_client", "connect_sms.delivery_errors"}
            == set()
        )


class TestNames:
    """The public names: typed, homed and defined alike."""

    def typed(self) -> dict[str, str]:
        found = {}
        for one in imports_of("connect_sms"):
            if one.for_types:
                home, _, name = one.what.removeprefix("connect_sms.").rpartition(".")
                found[name] = home
        return found

    def test_the_names_for_type_checkers_are_those_that_are_loaded(self) -> None:
        homes = {name: home for home, names in connect_sms._HOMES.items() for name in names}
        assert self.typed() == homes
        assert set(connect_sms.__all__) == {*homes, "__version__"}

    def test_each_stands_where_it_is_said_to_be_defined(self) -> None:
        for home, names in connect_sms._HOMES.items():
            module = importlib.import_module(f"connect_sms.{home}")
            for name in names:
                value = getattr(module, name)
                assert getattr(connect_sms, name) is value
                assert getattr(value, "__module__", module.__name__) == module.__name__

    def test_each_says_what_it_is(self) -> None:
        undocumented = [
            name
            for name in connect_sms.__all__
            if callable(getattr(connect_sms, name)) and not inspect.getdoc(getattr(connect_sms, name))
        ]
        assert undocumented == []

    def test_dir_shows_them(self) -> None:
        assert set(dir(connect_sms)) >= set(connect_sms.__all__)

    def test_a_name_that_does_not_exist_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match=r"^module 'connect_sms' has no attribute 'SmsKlient'$"):
            _ = connect_sms.SmsKlient


class TestTwins:
    """The two clients differ in what awaits, and in nothing else."""

    #: Annotations that are another type of the same thing.
    TRANSLATED = (
        ("httpx.AsyncBaseTransport", "httpx.BaseTransport"),
        (" | AsyncIterable[str | Mapping[str, Any] | Message]", ""),
    )
    NAMED = (("__aenter__", "__enter__"), ("__aexit__", "__exit__"))
    CALLS = (
        "send",
        "send_batch",
        "status",
        "wait",
        "send_and_confirm",
        "create_log_export",
        "get_log_export",
        "download_log",
    )
    PUBLIC = ("from_env", "with_options", *CALLS, "close")

    def signature(self, kind: type, name: str) -> list[tuple[str, Any, Any, str]]:
        found = []
        for parameter in inspect.signature(getattr(kind, name)).parameters.values():
            annotation = str(parameter.annotation)
            for theirs, plain in self.TRANSLATED:
                annotation = annotation.replace(theirs, plain)
            found.append((parameter.name, parameter.kind, parameter.default, annotation))
        return found

    def test_they_have_the_same_members(self) -> None:
        theirs = dict(self.NAMED)
        assert set(vars(SmsClient)) == {theirs.get(name, name) for name in vars(AsyncSmsClient)}
        assert set(self.PUBLIC) | {"settings"} == {name for name in vars(SmsClient) if name[0] != "_"}

    @pytest.mark.parametrize("name", ["__init__", *PUBLIC])
    def test_they_take_the_same(self, name: str) -> None:
        assert self.signature(SmsClient, name) == self.signature(AsyncSmsClient, name)

    @pytest.mark.parametrize("name", [*PUBLIC, "settings"])
    def test_they_say_the_same(self, name: str) -> None:
        assert getattr(SmsClient, name).__doc__
        assert getattr(SmsClient, name).__doc__ == getattr(AsyncSmsClient, name).__doc__

    def test_they_describe_their_settings_alike(self) -> None:
        first, second = (
            str(inspect.getdoc(kind)).partition("Args:")[2] for kind in (SmsClient, AsyncSmsClient)
        )
        assert first == second
        for name in arguments_of(SmsClient):
            assert f"\n    {name}: " in first

    @pytest.mark.parametrize("name", CALLS)
    def test_every_argument_is_described(self, name: str) -> None:
        described = str(inspect.getdoc(getattr(SmsClient, name)))
        taken = inspect.signature(getattr(SmsClient, name)).parameters
        names = arguments_of(getattr(SmsClient, name)) if name == "send" else list(taken)[1:]
        for parameter in names:
            assert f"\n    {parameter}: " in described.replace("**options: ", "options: ")

    @pytest.mark.parametrize("kind", ["client", "aio"])
    @pytest.mark.parametrize("name", [*CALLS, "close"])
    def test_their_methods_are_one_statement(self, kind: str, name: str) -> None:
        tree = ast.parse(MODULES[kind].read_text(encoding="utf-8"))
        [method] = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        ]
        assert isinstance(method, ast.AsyncFunctionDef) is (kind == "aio")
        assert len(method.body) == 2  # its docstring and the statement

    def test_no_code_asks_which_of_them_it_serves(self) -> None:
        for name in CORE:
            assert "is_async" not in MODULES[name].read_text(encoding="utf-8")
