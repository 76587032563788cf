"""The public names: typed, homed and documented; and the two clients, which differ in what awaits alone."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import connect_sms
import connect_sms.receipts
import connect_sms.reconcile
from connect_sms import AsyncSmsClient, SmsClient
from tests.support import arguments_of

ROOT = Path(connect_sms.__file__).parent


class TestNames:
    """The public names."""

    def typed(self) -> dict[str, str]:
        found = {}
        tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
        [block] = [node for node in tree.body if isinstance(node, ast.If)]
        for node in block.body:
            assert isinstance(node, ast.ImportFrom)
            for alias in node.names:
                assert alias.asname == alias.name  # what makes it public to a type checker
                found[alias.name] = str(node.module)
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
                assert getattr(value, "__module__", module.__name__) in {module.__name__, "typing"}

    def test_each_says_what_it_is(self) -> None:
        undocumented = [
            name
            for name in connect_sms.__all__
            if inspect.isroutine(value := getattr(connect_sms, name)) or inspect.isclass(value)
            if not inspect.getdoc(value)
        ]
        assert undocumented == []

    @pytest.mark.parametrize("package", [connect_sms, connect_sms.receipts, connect_sms.reconcile])
    def test_each_loads_and_dir_shows_it(self, package: Any) -> None:
        assert all(getattr(package, name) is not None for name in package.__all__)
        assert set(dir(package)) >= set(package.__all__)

    def test_a_name_that_does_not_exist_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match=r"^module 'connect_sms' has no attribute 'SmsKlient'$"):
            _ = connect_sms.SmsKlient


class TestTwins:
    """The two clients differ in what awaits, and in nothing else."""

    #: Annotations that are another type of the same thing.
    TRANSLATED = (
        ("httpx.AsyncBaseTransport", "httpx.BaseTransport"),
        (" | AsyncIterable[str | Mapping[str, Any] | Message]", ""),
        ("AsyncGenerator", "Generator"),
        ("AsyncIterator", "Iterator"),
    )
    NAMED = (("__aenter__", "__enter__"), ("__aexit__", "__exit__"), ("aclose", "close"))
    ABOUT_ITSELF = frozenset({"from_env", "with_options", "settings", "close"})
    CALLS = tuple(sorted({name for name in vars(SmsClient) if name[0] != "_"} - ABOUT_ITSELF))
    PUBLIC = ("from_env", "with_options", *CALLS, "close")

    def twin(self, name: str) -> Any:
        return getattr(AsyncSmsClient, {ours: theirs for theirs, ours in self.NAMED}.get(name, name))

    def signature(self, method: Any) -> list[tuple[str, Any, Any, str]]:
        found = []
        for parameter in inspect.signature(method).parameters.values():
            annotation = str(parameter.annotation)
            for theirs, plain in self.TRANSLATED:
                annotation = annotation.replace(theirs, plain)
            found.append((parameter.name, parameter.kind, parameter.default, annotation))
        return found

    def test_they_have_the_same_members(self) -> None:
        theirs = dict(self.NAMED)
        assert set(vars(SmsClient)) == {theirs.get(name, name) for name in vars(AsyncSmsClient)}
        assert len(self.CALLS) >= 8

    @pytest.mark.parametrize("name", ["__init__", *PUBLIC])
    def test_they_take_the_same(self, name: str) -> None:
        assert self.signature(getattr(SmsClient, name)) == self.signature(self.twin(name))

    @pytest.mark.parametrize("name", [*PUBLIC, "settings"])
    def test_they_say_the_same(self, name: str) -> None:
        assert getattr(SmsClient, name).__doc__
        assert getattr(SmsClient, name).__doc__ == self.twin(name).__doc__

    def test_they_describe_their_options_alike(self) -> None:
        first, second = (
            str(inspect.getdoc(kind)).partition("Args:")[2] for kind in (SmsClient, AsyncSmsClient)
        )
        assert first == second
        for name in arguments_of(SmsClient):
            assert f"\n    {name}: " in first

    @pytest.mark.parametrize("name", CALLS)
    def test_every_argument_is_described(self, name: str) -> None:
        method = getattr(SmsClient, name)
        described = str(inspect.getdoc(method)).replace("**options: ", "options: ")
        named = arguments_of(method) if name == "send" else list(inspect.signature(method).parameters)[1:]
        for parameter in named:
            assert f"\n    {parameter}: " in described

    @pytest.mark.parametrize("name", [*CALLS, "close"])
    def test_their_methods_are_one_statement(self, name: str) -> None:
        for module, method in (("client", name), ("async_client", self.twin(name).__name__)):
            tree = ast.parse((ROOT / f"{module}.py").read_text(encoding="utf-8"))
            [found] = [
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == method
            ]
            assert len(found.body) == 2  # its docstring and the statement

    def test_no_code_asks_which_of_them_it_serves(self) -> None:
        for path in ROOT.rglob("*.py"):
            assert "is_async" not in path.read_text(encoding="utf-8")


def test_the_delivery_errors_are_not_read_before_a_look_up() -> None:
    script = (
        "import connect_sms.models.delivery_errors as o; table = o.DeliveryErrors.default();"
        "assert not o._shipped.cache_info().currsize; table[1]; assert o._shipped.cache_info().currsize;"
        "print('lazy')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("lazy\n", "")
