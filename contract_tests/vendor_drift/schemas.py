"""A schema as one set of limits: what references and `allOf` bring is merged into it.

What a writer may put in several ways (a wrapper of one member, a reference instead of its target, `nullable`,
a type "null" or an alternative that is null, `const` or a list of one word) comes out the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.vendor_drift.keywords import FLAGS, LIMITS
from contract_tests.vendor_drift.references import DANGLING, look_up

Raw = Mapping[str, Any] | bool

_TEXTS = ("title", "summary", "description", "example", "examples", "x-examples", "externalDocs")
_TIGHTEST = {
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"), min),
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"), max),
}
_NOTHING_AT_ZERO = frozenset({"minLength", "minItems", "minProperties"})


@dataclass(frozen=True)
class Schema:
    """What a schema demands, however it is written.

    Attributes:
        types: What it may be, "null" among it; None when it does not say.
        nullable: Whether null is allowed where no type says so.
        words: The values of its list of values; None without such a list.
        open_words: Whether other words are allowed beside them.
        limits: Its limits, flags, default and the like by keyword.
        required: The fields that must be there.
        fields: Its properties, each as a schema still to be read.
        others: `additionalProperties`, `items` and `not` by keyword, likewise.
        choices: The alternatives that remain: `anyOf` or `oneOf`, and the branches, still to be read.
        texts: Its prose and examples.
        above: The references followed so far, which must not be met again further down.
    """

    types: frozenset[str] | None = None
    nullable: bool = False
    words: tuple[Any, ...] | None = None
    open_words: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    fields: Mapping[str, Raw] = field(default_factory=dict)
    others: Mapping[str, Raw] = field(default_factory=dict)
    choices: tuple[tuple[str, Sequence[Raw]], ...] = ()
    texts: tuple[str, ...] = ()
    above: frozenset[str] = frozenset()

    @property
    def takes_null(self) -> bool:
        """Whether null fits."""
        if self.types is None:
            return self.nullable or None in (self.words or ())
        return self.nullable or "null" in self.types

    @property
    def is_null(self) -> bool:
        """Whether nothing but null fits."""
        return self.types == frozenset({"null"}) or self.words == (None,)

    @property
    def is_any_string(self) -> bool:
        """Whether it is a string and says nothing else."""
        return (self.types or frozenset()) - {"null"} == {"string"} and not (
            self.limits or self.words or self.choices
        )


def read(document: Mapping[str, Any], raw: Raw, above: frozenset[str] = frozenset()) -> Schema:
    """Read a schema of a document: merge what belongs to it, and take apart its alternatives.

    Args:
        document: The whole document, for references.
        raw: The schema as it is written.
        above: The references that led here. One of them met again is a schema that holds itself.
    """
    parts = [_part(part) for part in _members(document, raw, above)]
    whole = _merged(parts)
    whole = replace(whole, choices=(), above=whole.above | above)
    for kind, raws in (choice for part in parts for choice in part.choices):
        branches = [read(document, branch, whole.above) for branch in raws]
        if whole.types is None and any(branch.takes_null for branch in branches):
            whole = replace(whole, nullable=True)
        real = [pair for pair in zip(raws, branches, strict=True) if not pair[1].is_null]
        schemas = [schema for _, schema in real]
        if len(real) == 1:
            whole = _merged([whole, schemas[0]])
        elif whole.words is None and _is_list_of_words(schemas):
            whole = _with_words(whole, schemas)
        elif real:
            whole = replace(whole, choices=(*whole.choices, (kind, [raw for raw, _ in real])))
    return whole


def canonical(value: Any) -> str:
    """A value of a keyword as text: the same for what means the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def texts_of(node: Mapping[str, Any], *keywords: str) -> tuple[str, ...]:
    """The prose and the examples of an object, whatever their line breaks."""
    return tuple(f"{name} {canonical(_flowing(node[name]))}" for name in keywords if name in node)


def _flowing(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        return {str(key): _flowing(inner) for key, inner in value.items()}
    return [_flowing(inner) for inner in value] if isinstance(value, list) else value


def _members(document: Mapping[str, Any], raw: Raw, above: frozenset[str]) -> Iterator[dict[str, Any]]:
    # The node itself comes first: what it says beside a reference or an `allOf` is meant, too, even where
    # OpenAPI 3.0 has readers ignore it.
    node: dict[str, Any] = ({} if raw else {"not": {}}) if isinstance(raw, bool) else dict(raw)
    reference, members = node.pop("$ref", None), node.pop("allOf", ())
    followed = above | {reference} if reference else above
    yield {**node, "above": followed}
    if reference in above:
        yield {"recursive": True}
    elif reference:
        yield from _members(document, look_up(document, reference), followed)
    for member in members:
        yield from _members(document, member, followed)


def _part(node: Mapping[str, Any]) -> Schema:
    kinds = node.get("type")
    types = None if kinds is None else frozenset([kinds] if isinstance(kinds, str) else kinds)
    nullable = node.get("nullable") is True
    if types and nullable:
        types, nullable = types | {"null"}, False
    words = tuple(node["enum"]) if "enum" in node else None
    if "const" in node:
        words = (node["const"],)
    return Schema(
        types=types,
        nullable=nullable,
        words=words,
        limits=_limits(node),
        required=frozenset(node.get("required", ())),
        fields=node.get("properties", {}),
        others={name: node[name] for name in ("additionalProperties", "items", "not") if name in node},
        choices=tuple((kind, node[kind]) for kind in ("anyOf", "oneOf") if kind in node),
        texts=texts_of(node, *_TEXTS),
        above=node.get("above", frozenset()),
    )


def _limits(node: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        name: node[name]
        for name in (*LIMITS, "default", "dependentRequired", DANGLING, "recursive")
        if name in node and not (name in _NOTHING_AT_ZERO and node[name] == 0)
    }
    kept |= {name: True for name in FLAGS if node.get(name)}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        # In OpenAPI 3.0 a flag beside the bound, in 3.1 a bound of its own.
        if kept.get(exclusive) is True and bound in kept:
            kept[exclusive] = kept.pop(bound)
        elif kept.get(exclusive) is False:
            del kept[exclusive]
    if "discriminator" in node:
        told = dict(node["discriminator"])
        words = {word: name.rsplit("/", 1)[-1] for word, name in told.pop("mapping", {}).items()}
        names = (f"{word}={canonical(value)}" for word, value in sorted({**told, **words}.items()))
        kept["discriminator"] = " ".join(names)
    return kept


def _merged(parts: Sequence[Schema]) -> Schema:
    whole = parts[0]
    for part in parts[1:]:
        whole = Schema(
            types=_narrower(whole.types, part.types),
            nullable=whole.nullable or part.nullable,
            words=_shared(whole.words, part.words),
            open_words=whole.open_words or part.open_words,
            limits=_tightest(whole.limits, part.limits),
            required=whole.required | part.required,
            fields=_together(whole.fields, part.fields),
            others=_together(whole.others, part.others),
            choices=whole.choices + part.choices,
            texts=whole.texts + part.texts,
            above=whole.above | part.above,
        )
    return whole


def _narrower(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    whole_numbers = {"integer"} if "integer" in one | other and "number" in one | other else set()
    return (one & other) | whole_numbers


def _shared(one: tuple[Any, ...] | None, other: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(word for word in one if word in other)


def _tightest(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    result = {**other, **one}
    for name in one.keys() & other.keys():
        if name in _TIGHTEST:
            result[name] = _TIGHTEST[name](one[name], other[name])
        elif name in LIMITS and one[name] != other[name]:
            result[name] = " and ".join(sorted((canonical(one[name]), canonical(other[name]))))
        elif name == "dependentRequired":
            result[name] = {**other[name], **one[name]}
    return result


def _together(one: Mapping[str, Raw], other: Mapping[str, Raw]) -> dict[str, Raw]:
    result = {**other, **one}
    for name in one.keys() & other.keys():
        if one[name] is False or other[name] is False:
            result[name] = False
        elif one[name] != other[name]:
            # Both hold; of two things that are ruled out, either is.
            result[name] = {"anyOf" if name == "not" else "allOf": [one[name], other[name]]}
    return result


def _is_list_of_words(schemas: Sequence[Schema]) -> bool:
    listed = [schema for schema in schemas if schema.words is not None]
    # Not two lists that differ in more than their words.
    plain = all(not (schema.limits or schema.fields or schema.choices) for schema in listed)
    return bool(listed) and plain and all(s.words is not None or s.is_any_string for s in schemas)


def _with_words(whole: Schema, schemas: Sequence[Schema]) -> Schema:
    words = [word for schema in schemas for word in schema.words or ()]
    types = [schema.types for schema in schemas if schema.types is not None]
    return replace(
        whole,
        types=_narrower(whole.types, frozenset().union(*types) - {"null"} if types else None),
        words=tuple(word for number, word in enumerate(words) if word not in words[:number]),
        # A list of words beside any string: the list is what is known, not what is allowed.
        open_words=any(schema.is_any_string for schema in schemas),
        texts=whole.texts + tuple(text for schema in schemas for text in schema.texts),
    )
