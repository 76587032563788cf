"""One operation of an OpenAPI document, 3.0 or 3.1, as flat rows: a place, an attribute, a value.

Two documents that mean the same give the same rows, whatever their references, names and nesting. What a
machine obeys becomes a row; descriptions, examples, names and links are kept beside the rows as text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contract_tests.contract import METHODS
from contract_tests.vendor_drift.keywords import FLAGS, LIMITS
from contract_tests.vendor_drift.references import DANGLING, follow
from contract_tests.vendor_drift.schemas import Raw, Schema, canonical, read, texts_of

ABSENT = "-"
PRESENT = {"present": "yes"}
_PROSE = ("title", "summary", "description", "example", "examples", "x-examples")
#: What holds when a parameter or a header does not say: by its place.
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}

Rows = dict[str, dict[str, str]]
Object = Mapping[str, Any]


class Flat(NamedTuple):
    """An operation as rows, and its prose and examples by the same places."""

    rows: Rows
    texts: dict[str, list[str]]


def flatten(document: Object, path: str, method: str, *, form: int = 0) -> Flat:
    """Return one operation of a document as rows.

    Args:
        document: A whole OpenAPI document.
        path: The operation's key under `paths`.
        method: Its HTTP method.
        form: Which alternative of the request body to show, where there are several.
    """
    flattener = _Flattener(document, form)
    item = follow(document, document["paths"][path])
    # Where the fixed part of an address stands, in server or path, makes no difference on the wire.
    found = [
        (f"{server.get('url', '').rstrip('/')}{path}", server)
        for server in servers(document, item, item[method])
    ]
    for address, server in found:
        flattener.server(f"{method.upper()} {address}", server)
    flattener.operation("", item, method)
    flattener.flat.rows["operation"]["first server"] = found[0][0]
    return flattener.flat


def flatten_webhooks(document: Object) -> Flat:
    """Return as rows what a document says is posted to its readers without being asked for."""
    flattener = _Flattener(document)
    hooks = {**document.get("x-webhooks", {}), **document.get("webhooks", {})}
    flattener.items("webhook", hooks)
    return flattener.flat


def forms(document: Object, operation: Object) -> int:
    """How many alternatives the body of a request has."""
    body = follow(document, operation.get("requestBody", {}))
    kinds = body.get("content", {}).values()
    return max((len(_alternatives(document, media.get("schema", {}))) for media in kinds), default=1)


def servers(document: Object, item: Object, operation: Object) -> Sequence[Object]:
    """The servers of an operation: those that stand nearest to it."""
    for holder in (operation, item, document):
        if holder.get("servers"):
            found: Sequence[Object] = holder["servers"]
            return found
    return [{"url": "/"}]


class _Flattener:
    def __init__(self, document: Object, form: int = 0) -> None:
        self._document = document
        self._form = form
        self.flat = Flat({}, {})

    def server(self, place: str, server: Object) -> None:
        self._row(place, PRESENT, server, "description")
        for name, variable in server.get("variables", {}).items():
            told = {key: canonical(variable[key]) for key in ("default", "enum") if key in variable}
            self._row(f"{place} variable {name}", told, variable, "description")

    def items(self, kind: str, items: Object) -> None:
        """Add what a server posts: the operations of a callback, or of webhooks."""
        for name, reference in items.items():
            item = follow(self._document, reference)
            self._row(f"{kind} {name}", PRESENT | _dangling(item))
            for method in _methods(item):
                start = f"{kind} {name} {method.upper()}"
                self._row(start, PRESENT)
                self.operation(f"{start} ", item, method)

    def operation(self, start: str, item: Object, method: str) -> None:
        operation = item[method]
        self._text(f"{start}operation", item, "summary", "description")
        row = {"deprecated": _word(operation.get("deprecated")), "sunset": operation.get("x-sunset", ABSENT)}
        names = ("summary", "description", "externalDocs", "operationId", "tags")
        self._row(f"{start}operation", {**row, "sunset": canonical(row["sunset"])}, operation, *names)
        self._security(start, operation)
        for reference in (*item.get("parameters", ()), *operation.get("parameters", ())):
            self._parameter(start, follow(self._document, reference))
        if "requestBody" in operation:
            body = follow(self._document, operation["requestBody"])
            row = {"required": _word(body.get("required"))} | _dangling(body)
            self._row(f"{start}request", row, body, "description", "x-examples")
            self._content(f"{start}request", body, self._form)
        for status, reference in operation.get("responses", {}).items():
            self._response(f"{start}answer {str(status).upper()}", follow(self._document, reference))
        for callback in operation.get("callbacks", {}).values():
            self.items(f"{start}callback", follow(self._document, callback))

    def _security(self, start: str, operation: Object) -> None:
        demands = operation.get("security", self._document.get("security", []))
        ways = sorted(" and ".join(sorted(map(_demand, way.items()))) or "none" for way in demands)
        self._row(f"{start}security", {"ways": " or ".join(ways) or "none"})
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        for name in sorted({name for way in demands for name in way}):
            scheme = follow(self._document, schemes.get(name, {DANGLING: True}))
            keys = [key for key in scheme if key not in {"description", "bearerFormat"}]
            told = {"type": ABSENT} | {key: canonical(scheme[key]) for key in keys if key != DANGLING}
            self._row(
                f"{start}security {name}", told | _dangling(scheme), scheme, "description", "bearerFormat"
            )

    def _parameter(self, start: str, parameter: Object) -> None:
        where = parameter.get("in", ABSENT)
        place = f"{start}parameter {where} {parameter.get('name', ABSENT)}"
        row = {"required": _word(parameter.get("required"))}
        if parameter.get("allowEmptyValue"):
            row["allowEmptyValue"] = "yes"
        # The nearer of two parameters of one name wins as a whole.
        for old in [old for old in self.flat.rows if f"{old} ".startswith(f"{place} ")]:
            del self.flat.rows[old]
            self.flat.texts.pop(old, None)
        self._shown(place, row, parameter, _STYLES.get(where, ABSENT))

    def _response(self, place: str, response: Object) -> None:
        links = response.get("links", {})
        self._row(place, PRESENT | _dangling(response), response, "description")
        self._text(place, {name: follow(self._document, link) for name, link in links.items()}, *links)
        self._headers(place, response)
        self._content(place, response)

    def _headers(self, place: str, holder: Object) -> None:
        for name, reference in holder.get("headers", {}).items():
            header = follow(self._document, reference)
            row = PRESENT | ({"required": "yes"} if header.get("required") else {})
            # The case of a header's name means nothing.
            self._shown(f"{place} header {name.title()}", row, header, "simple")

    def _shown(self, place: str, row: dict[str, str], node: Object, style: str) -> None:
        row |= _dangling(node) | _style(node, style)
        if node.get("deprecated"):
            row["deprecated"] = "yes"
        self._row(place, row, node, *_PROSE)
        if "schema" in node:
            self._schema(place, node["schema"])
        self._content(place, node)

    def _content(self, place: str, holder: Object, form: int = 0) -> None:
        for kind, media in holder.get("content", {}).items():
            start = f"{place} {kind.lower()}"
            self._row(start, PRESENT, media, *_PROSE)
            for name, encoding in media.get("encoding", {}).items():
                told = {key: canonical(encoding[key]) for key in ("contentType",) if key in encoding}
                self._row(f"{start} encoding {name}", PRESENT | told | _style(encoding, "form"))
                self._headers(f"{start} encoding {name}", encoding)
            # A media type without a schema promises nothing about its body.
            if "schema" not in media:
                continue
            alternatives = _alternatives(self._document, media["schema"])
            if len(alternatives) > 1 and place.endswith("request"):
                self._row(start, {"forms": str(len(alternatives))})
                self._schema(start, alternatives[min(form, len(alternatives) - 1)])
            else:
                self._schema(start, media["schema"])

    def _schema(self, place: str, raw: Raw, above: frozenset[str] = frozenset()) -> None:
        schema = read(self._document, raw, above)
        others = schema.others
        self._row(place, _attributes(schema))
        self._add_texts(place, schema.texts)
        for name, field in schema.fields.items():
            start = f"{place} .{name}"
            self._row(start, {"required": _word(name in schema.required)})
            self._schema(start, field, schema.above)
        for keyword, start in (("items", "[]"), ("additionalProperties", "other fields"), ("not", "not")):
            # Anything at all is what holds without the keyword, too; a closed object has its row above.
            usual: list[Raw] = [True, {}, False] if keyword == "additionalProperties" else [True, {}]
            if keyword in others and (keyword == "not" or others[keyword] not in usual):
                self._schema(f"{place} {start}", others[keyword], schema.above)
        for number, (kind, branches) in enumerate(schema.choices):
            # Several groups of alternatives can come together through `allOf`.
            self._choice(place, kind + "+" * number, branches, schema.above)

    def _choice(self, place: str, kind: str, branches: Sequence[Raw], above: frozenset[str]) -> None:
        found = []
        for branch in branches:
            alone = _Flattener(self._document)
            alone._schema("", branch, above)
            found.append(alone.flat)
        self._row(place, {f"alternatives of {kind}": str(len(found))})
        # Their order means nothing.
        found.sort(key=lambda flat: json.dumps(flat.rows, sort_keys=True))
        for number, flat in enumerate(found, 1):
            for inner, row in flat.rows.items():
                self._row(f"{place} {kind} {number}{inner}", row)
            for inner, texts in flat.texts.items():
                self._add_texts(f"{place} {kind} {number}{inner}", texts)

    def _row(self, place: str, row: Mapping[str, str], node: Object | None = None, *prose: str) -> None:
        self.flat.rows.setdefault(place, {}).update(row)
        if node is not None:
            self._text(place, node, *prose)

    def _text(self, place: str, node: Object, *prose: str) -> None:
        told = {name: node[name] for name in prose if name in node}
        if isinstance(told.get("examples"), Mapping):
            told["examples"] = {
                name: follow(self._document, example) for name, example in told["examples"].items()
            }
        self._add_texts(place, texts_of(told, *prose))

    def _add_texts(self, place: str, texts: Iterable[str]) -> None:
        if found := list(texts):
            self.flat.texts.setdefault(place, []).extend(found)


def _methods(item: Object) -> Iterator[str]:
    return (method for method in METHODS if method in item)


def _alternatives(document: Object, raw: Raw) -> Sequence[Raw]:
    schema = follow(document, raw)
    # Only what is nothing but alternatives: a body that is one of several forms.
    if isinstance(schema, Mapping) and "oneOf" in schema and "properties" not in schema:
        found: Sequence[Raw] = schema["oneOf"]
        return found
    return [raw]


def _demand(item: tuple[str, Sequence[str]]) -> str:
    name, scopes = item
    return f"{name}[{' '.join(sorted(scopes))}]" if scopes else name


def _style(node: Object, usual: str) -> dict[str, str]:
    style = node.get("style", usual)
    row = {} if style == usual else {"style": str(style)}
    if node.get("explode", style == "form") != (style == "form"):
        row["explode"] = _word(node["explode"])
    if node.get("allowReserved"):
        row["allowReserved"] = "yes"
    return row


def _dangling(node: Object) -> dict[str, str]:
    return {DANGLING: "yes"} if DANGLING in node else {}


def _attributes(schema: Schema) -> dict[str, str]:
    row = {
        "type": _types(schema.types, schema.fields, schema.others),
        "nullable": _word(schema.takes_null),
    }
    for name in (*LIMITS, "discriminator", "dependentRequired"):
        if name in schema.limits:
            row[name] = canonical(schema.limits[name])
    row |= {name: "yes" for name in (*FLAGS, DANGLING, "recursive") if name in schema.limits}
    if "default" in schema.limits:
        row["default"] = json.dumps(schema.limits["default"], sort_keys=True)
    if schema.words is not None:
        # Not str(): the null of a list and the word None are different things.
        row["words"] = " ".join(sorted(map(canonical, schema.words)))
        row["open to other words"] = _word(schema.open_words)
    closed = schema.others.get("additionalProperties") is False
    if row["type"] == "object" or closed:
        row["open to other fields"] = _word(not closed)
    if missing := schema.required - schema.fields.keys():
        row["required besides"] = " ".join(sorted(missing))
    return row


def _types(types: frozenset[str] | None, fields: Object, others: Object) -> str:
    if types is None:
        return "object" if fields else "array" if "items" in others else ABSENT
    return " ".join(sorted(types - {"null"})) or "nothing"


def _word(value: object) -> str:
    return "yes" if value else "no"
