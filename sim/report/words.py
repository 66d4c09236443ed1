"""Numbers and differences as people read them: few digits, one style, true signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil, isfinite, isnan, log10
from typing import Any

from sim.analysis.compare import Effect
from sim.metrics import METRICS

MOST_DECIMALS = 6
MINUS, NO_FIGURE = "\N{MINUS SIGN}", "\N{EN DASH}"


def decimals_of(matters: float) -> int:
    """Digits after the point that show a tenth of the smallest difference that matters.

    >>> decimals_of(0.5), decimals_of(50.0), decimals_of(0.005)
    (2, 0, 4)
    """
    return max(0, ceil(-log10(matters)) + 1)


def fixed(value: float, decimals: int) -> str:
    """A figure with so many digits after the point.

    >>> fixed(-1234.56, 1), fixed(-0.001, 2), fixed(float("nan"), 2)
    ('−1,234.6', '0.00', '–')
    """
    if not isfinite(value):
        return NO_FIGURE
    said = f"{value:,.{decimals}f}"
    if not said.strip("-0.,"):
        said = said.lstrip("-")
    return said.replace("-", MINUS)


def figure(value: Any) -> str:
    """A figure with about three digits; words as they are.

    >>> figure(1234567.8), figure(3.14159), figure(0.01234), figure("wait"), figure(249)
    ('1,234,568', '3.14', '0.0123', 'wait', '249')
    """
    if value is None:
        return NO_FIGURE
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or value == 0:
        return f"{value:,.0f}".replace("-", MINUS)
    if isnan(value) or not isfinite(value):
        return NO_FIGURE
    digits = 2 - min(2, max(-4, int(f"{abs(value):e}".split("e")[1])))
    return fixed(value, digits)


def parameter(value: Any) -> str:
    """A value as its file has it, lists with commas.

    >>> parameter([1.0, 0.25]), parameter(105600.0), parameter(0.000353), parameter(True)
    ('1, 0.25', '105,600', '0.000353', 'yes')
    """
    if isinstance(value, list | tuple):
        return ", ".join(parameter(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {parameter(one)}" for key, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.10g}".replace("-", MINUS)
    return NO_FIGURE if value is None else str(value)


def words(name: str) -> str:
    """A name of the program as words.

    >>> words("one_counter_more")
    'one counter more'
    """
    return name.replace("_", " ")


def signed(value: float, decimals: int) -> str:
    """A difference with its sign.

    >>> signed(2.5, 1), signed(-0.25, 2), signed(0.001, 2)
    ('+2.5', '−0.25', '0.00')
    """
    said = fixed(value, decimals)
    is_plain = said[0] in (MINUS, NO_FIGURE) or not said.strip("0.,")
    return said if is_plain else f"+{said}"


def unit_of_difference(unit: str) -> str:
    """Differences of percentages are points.

    >>> unit_of_difference("% of visits"), unit_of_difference("min")
    ('points (of visits)', 'min')
    """
    if not unit.startswith("%"):
        return unit
    rest = unit.removeprefix("%").strip()
    return f"points ({rest})" if rest else "points"


def base_of(effect: Effect) -> str:
    """The base of an effect, with the digits of its metric."""
    return fixed(effect.base, decimals_of(METRICS[effect.metric].matters))


def difference(effect: Effect) -> str:
    """The mean difference of an effect, with its sign and the digits of its interval."""
    return signed(effect.mean, _digits(effect, decimals_of(METRICS[effect.metric].matters)))


def interval(effect: Effect) -> str:
    """The 95 % interval of an effect."""
    return between(effect, decimals_of(METRICS[effect.metric].matters))


def between(effect: Effect, decimals: int) -> str:
    """An interval from low to high, with digits enough to tell its ends apart."""
    if isnan(effect.low):
        return "no interval"
    if effect.low == effect.high == 0:
        return "identical in every run"
    if _is_nothing(effect, decimals):
        return f"within ±{fixed(10.0**-decimals, decimals)}"
    decimals = _digits(effect, decimals)
    return f"{signed(effect.low, decimals)} to {signed(effect.high, decimals)}"


def _is_nothing(effect: Effect, decimals: int) -> bool:
    """Whether both ends are zero with so many digits."""
    ends = {signed(effect.low, decimals), signed(effect.high, decimals)}
    return ends == {fixed(0.0, decimals)}


def _digits(effect: Effect, decimals: int) -> int:
    """Digits enough to tell the ends of an interval apart, unless both are zero."""
    if isnan(effect.low) or effect.low == effect.high or _is_nothing(effect, decimals):
        return decimals
    while decimals < MOST_DECIMALS and signed(effect.low, decimals) == signed(
        effect.high, decimals
    ):
        decimals += 1
    return decimals


def weight(effect: Effect) -> float:
    """How many smallest differences that matter an effect is worth."""
    size = abs(effect.mean) / METRICS[effect.metric].matters
    return size if isfinite(size) else 0.0


def short(name: str) -> str:
    """A name without what stands in brackets, for a chart.

    >>> short("Upper Town (formerly Low) district office")
    'Upper Town district office'
    """
    return " ".join(re.sub(r"\([^)]*\)", "", name).split())


def capital(text: str) -> str:
    """The same with a capital first letter, unless the first word has capitals of its own.

    >>> capital("mobile unit"), capital("eService")
    ('Mobile unit', 'eService')
    """
    first = text.split(" ", maxsplit=1)[0]
    return text[:1].upper() + text[1:] if first.islower() else text


def listed(items: Sequence[str]) -> str:
    """Words in a row.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def plural(n: int, noun: str) -> str:
    """A number of things.

    >>> plural(1, "scenario"), plural(3, "scenario")
    ('1 scenario', '3 scenarios')
    """
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
