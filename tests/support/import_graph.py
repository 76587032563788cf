"""Reads every import of a package: at the top, late, and for type checkers; and what is loaded lazily."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@attrs.frozen
class Import:
    """One import.

    Attributes:
        by: The module that imports, relative to the package.
        what: What is imported, in full: module and name.
        line: Where.
        typing: True when only type checkers see it.
        function: The function that it stands in; None at the top level.
        guarded: True inside a `try` that handles an ImportError.
        lazy: True for what a lazy loader loads.
    """

    by: str
    what: str
    line: int
    typing: bool = False
    function: str | None = None
    guarded: bool = False
    lazy: bool = False

    def within(self, *packages: str) -> bool:
        """Whether it is of one of these packages."""
        return any(self.what == package or self.what.startswith(f"{package}.") for package in packages)

    def __str__(self) -> str:
        return f"{self.by}:{self.line} -> {self.what}"


@attrs.frozen
class Tree:
    """A package's modules and imports.

    Attributes:
        package: Its name.
        modules: The file of each module; the package itself is `package`.
        imports: Every import.
    """

    package: str
    modules: Mapping[str, Path]
    imports: tuple[Import, ...]

    @classmethod
    def read(cls, root: Path) -> Tree:
        """The package in a folder."""
        modules = {_module_name(root, path): path for path in sorted(root.rglob("*.py"))}
        found = [one for name, path in modules.items() for one in _Reader(root, name, path).read()]
        return cls(root.name, modules, tuple(found))

    def module_of(self, what: str) -> str | None:
        """The module of this package that an import loads; None for what is not of this package."""
        if what != self.package and not what.startswith(f"{self.package}."):
            return None
        rest = what.removeprefix(self.package).removeprefix(".")
        while rest and rest not in self.modules:
            rest = rest.rpartition(".")[0]
        return rest or self.package

    def arrows(self) -> dict[str, set[str]]:
        """By module, the other modules of the package that it imports in any way."""
        arrows: dict[str, set[str]] = {name: set() for name in self.modules}
        for one in self.imports:
            module = self.module_of(one.what)
            if module is not None and module != one.by:
                arrows[one.by].add(module)
        return arrows

    def circles(self) -> list[list[str]]:
        """Modules that import each other, group by group."""
        arrows = self.arrows()
        reached = {name: _reach(arrows, name) for name in arrows}
        circles = {
            tuple(sorted(other for other in reached[name] if name in reached[other]))
            for name in arrows
            if name in reached[name]
        }
        return [list(circle) for circle in sorted(circles)]


def _reach(arrows: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(arrows[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += arrows[name]
    return found


def _module_name(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or root.name


class _Reader:
    """Reads one module."""

    def __init__(self, root: Path, name: str, path: Path) -> None:
        self._name, self._package = name, root.name
        self._folder = [root.name, *path.relative_to(root).parts[:-1]]
        self._tree = ast.parse(path.read_text(encoding="utf-8"))

    def read(self) -> Iterator[Import]:
        """Every import, in order."""
        yield from self._walk(self._tree, typing=False, function=None, guarded=False)

    def _walk(self, node: ast.AST, *, typing: bool, function: str | None, guarded: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            inside = {"typing": typing, "function": function, "guarded": guarded}
            for what in self._imported(child):
                yield Import(self._name, what, child.lineno, **inside)  # type: ignore[attr-defined, arg-type]
            for what in self._lazily(child):
                yield Import(self._name, what, child.lineno, lazy=True)  # type: ignore[attr-defined]
            if isinstance(child, ast.If) and ast.unparse(child.test) in {
                "TYPE_CHECKING",
                "typing.TYPE_CHECKING",
            }:
                for branch, for_types in ((child.body, True), (child.orelse, typing)):
                    module = ast.Module(branch, [])
                    yield from self._walk(module, typing=for_types, function=function, guarded=guarded)
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from self._walk(child, typing=typing, function=child.name, guarded=False)
            elif isinstance(child, ast.Try):
                handled = " ".join(ast.unparse(one.type) for one in child.handlers if one.type is not None)
                guards = "ImportError" in handled or "ModuleNotFoundError" in handled
                yield from self._walk(child, typing=typing, function=function, guarded=guarded or guards)
            else:
                yield from self._walk(child, typing=typing, function=function, guarded=guarded)

    def _imported(self, node: ast.AST) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            base = self._folder[: len(self._folder) - node.level + 1] if node.level else []
            home = ".".join([*base, *([node.module] if node.module else [])])
            return [f"{home}.{alias.name}" for alias in node.names]
        return []

    def _lazily(self, node: ast.AST) -> list[str]:
        """Modules that `LazyModule("module")` and `lazy_names(__name__, homes)` load."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return []
        if node.func.id == "LazyModule":
            return [str(ast.literal_eval(node.args[0]))]
        if node.func.id == "lazy_names":
            here = ".".join(self._folder)
            return [f"{here}.{home}" for home in self._literal(node.args[1])]
        return []

    def _literal(self, node: ast.expr) -> Mapping[str, object]:
        """A dict that stands in a call, or in a constant that the call names."""
        if isinstance(node, ast.Name):
            constants = [
                one.value
                for one in self._tree.body
                if isinstance(one, ast.Assign | ast.AnnAssign) and _target(one) == node.id
            ]
            [node] = [one for one in constants if one is not None]
        found: Mapping[str, object] = ast.literal_eval(node)
        return found


def _target(statement: ast.Assign | ast.AnnAssign) -> str:
    return ast.unparse(statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0])
