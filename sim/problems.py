"""Problems that pydantic finds, in sentences a user can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.errors import nearest


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    where: Callable[[str], str] = lambda key: "",
) -> Iterator[str]:
    """One sentence per problem; ``where`` says in which file and line a key stands."""
    for one in error.errors():
        key = ".".join(str(part) for part in one["loc"])
        yield _sentence(key, dict(one), model) + where(key)


def _sentence(key: str, error: Mapping[str, Any], model: type[BaseModel]) -> str:
    given, kind, limits = error.get("input"), error["type"], error.get("ctx", {})
    if isinstance(given, float) and not isfinite(given):
        kind = "finite_number"
    hint = ""
    if limits.get("le") == 1 and isinstance(given, float | int) and 1 < given <= 100:
        hint = f" Did you mean {given:g} percent: {given / 100:g}?"
    if kind == "extra_forbidden":
        hint = nearest(key.rsplit(".", 1)[-1], _keys_beside(key, model))
    said = SENTENCES.get(kind, "`{key}`: {msg}, got {given}.")
    bounds = {name: f"{n:g}" if isinstance(n, float) else n for name, n in limits.items()}
    msg = error["msg"].removeprefix("Value error, ")
    return said.format(key=key, given=shown(given), msg=msg, **bounds) + hint


def _keys_beside(key: str, model: type[BaseModel]) -> list[str]:
    """The keys that a section knows, for a key that it does not know."""
    for part in key.split(".")[:-1]:
        found = model.model_fields.get(part)
        inner = found.annotation if found else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)


def shown(value: Any) -> str:
    """A value as the user wrote it.

    >>> shown(True), shown("x"), shown(None)
    ('true', "'x'", 'nothing')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value is None else repr(value)


def _must_be(what: str) -> str:
    return f"`{{key}}` must be {what}, got {{given}}."


SENTENCES = {
    "missing": "`{key}` is required and has no value.",
    "extra_forbidden": "unknown key `{key}`.",
    "finite_number": "`{key}` is not a finite number ({given}).",
    "greater_than_equal": _must_be("at least {ge}"),
    "greater_than": _must_be("more than {gt}"),
    "less_than_equal": _must_be("at most {le}"),
    "less_than": _must_be("less than {lt}"),
    "multiple_of": _must_be("a multiple of {multiple_of}"),
    "literal_error": _must_be("one of {expected}"),
    "string_pattern_mismatch": _must_be("like {pattern}"),
    "too_short": "`{key}` needs at least {min_length} entries.",
    "too_long": "`{key}` takes at most {max_length} entries.",
    **dict.fromkeys(("int_type", "int_from_float", "int_parsing"), _must_be("a whole number")),
    **dict.fromkeys(("float_type", "float_parsing"), _must_be("a number")),
    **dict.fromkeys(("bool_type", "bool_parsing"), _must_be("true or false")),
    "value_error": "`{key}`: {msg}",
    "string_type": _must_be("a word"),
    "list_type": _must_be("a list"),
    **dict.fromkeys(("dict_type", "model_type"), _must_be("a group of keys")),
}
