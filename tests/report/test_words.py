"""Numbers and differences in words: true signs, few digits, nothing that is not there."""

from __future__ import annotations

import doctest
from math import inf, isnan, nan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.analysis.compare import Effect
from sim.metrics import METRICS
from sim.report import words

figures = st.floats(-1e12, 1e12)
decimals = st.integers(0, words.MOST_DECIMALS)
NOTHING = "\N{EN DASH}"


def _read(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))


def test_examples_hold() -> None:
    found = doctest.testmod(words)
    assert found.attempted >= 8
    assert found.failed == 0


@given(value=figures, digits=decimals)
def test_a_figure_is_its_value_to_so_many_digits(value: float, digits: int) -> None:
    said = words.fixed(value, digits)
    assert abs(_read(said) - value) <= 0.5 * 10.0**-digits + 1e-9 * abs(value)
    assert len(said.partition(".")[2]) == digits
    assert "-" not in said  # a hyphen is no minus


@given(value=figures, digits=decimals)
def test_a_difference_has_a_sign_unless_it_rounds_to_zero(value: float, digits: int) -> None:
    """Plus or a true minus; zero has none, from whichever side it comes."""
    said = words.signed(value, digits)
    rounded = _read(said)
    if rounded == 0:
        assert said == f"{0:.{digits}f}"
    else:
        assert said[0] == ("+" if value > 0 else "\N{MINUS SIGN}")
        assert (rounded > 0) == (value > 0)
    assert words.signed(-value, digits).lstrip("+\N{MINUS SIGN}") == said.lstrip("+\N{MINUS SIGN}")


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_no_figure_is_a_dash(value: float) -> None:
    assert words.fixed(value, 2) == words.signed(value, 2) == words.figure(value) == NOTHING
    assert words.figure(None) == words.parameter(None) == NOTHING


@given(value=st.floats(1e-3, 1e9), sign=st.sampled_from([-1, 1]))
def test_a_figure_keeps_three_digits(value: float, sign: int) -> None:
    """Half a percent is the most that rounding moves it."""
    assert _read(words.figure(sign * value)) == pytest.approx(sign * value, rel=0.00501)


@given(value=st.integers(-(10**15), 10**15))
def test_a_whole_number_is_shown_whole(value: int) -> None:
    assert _read(words.figure(value)) == value
    assert "-" not in words.figure(value)


@given(
    value=st.one_of(st.integers(-(10**9), 10**9), st.floats(1e-4, 1e6).map(lambda x: round(x, 6)))
)
def test_a_parameter_is_shown_as_its_file_has_it(value: float) -> None:
    """Ten digits: nothing that a person wrote is rounded."""
    assert _read(words.parameter(value)) == pytest.approx(value, rel=1e-9)


def test_words_and_switches_of_parameters_are_words() -> None:
    assert words.parameter("nine") == words.figure("nine") == "nine"
    assert (words.parameter(True), words.parameter(False)) == ("yes", "no")
    assert words.parameter({"posts": 6, "by": "table"}) == "posts 6, by table"


@given(matters=st.floats(1e-6, 1e6))
def test_digits_show_a_tenth_of_what_matters(matters: float) -> None:
    """No more than one digit finer than that."""
    digits = words.decimals_of(matters)
    assert digits >= 0
    assert 10.0**-digits <= matters / 10 * 1.0001 or (digits == 0 and matters >= 1)
    assert digits == 0 or 10.0 ** -(digits - 2) > matters * 0.9999


def _effect(low: float, high: float, metric: str = "wait_mean") -> Effect:
    return Effect("reform", metric, 5.0, (low + high) / 2, low, high, 8, 2.0)


@given(low=st.floats(-1e3, 1e3), width=st.floats(0, 1e3), digits=st.integers(0, 3))
def test_an_interval_shows_its_ends_or_says_why_not(low: float, width: float, digits: int) -> None:
    """Ends that differ are shown apart, as far as six digits tell."""
    effect = _effect(low, low + width)
    said = words.between(effect, digits)
    if effect.low == effect.high == 0:
        assert said == "identical in every run"
    elif " to " not in said:
        bound = _read(said.rpartition("\N{PLUS-MINUS SIGN}")[2])
        assert max(abs(effect.low), abs(effect.high)) < bound
    else:
        first, last = said.split(" to ")
        assert _read(first) <= _read(last)
        assert first != last or width < 2e-6
        shown = len(first.partition(".")[2])
        assert abs(_read(first.lstrip("+")) - effect.low) <= 0.51 * 10.0**-shown


def test_an_interval_that_is_not_there_is_said_not_to_be() -> None:
    assert words.between(_effect(nan, nan), 2) == "no interval"


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_can_be_said(name: str) -> None:
    """With the digits of what matters, its sign, and a unit of differences."""
    effect = _effect(-2.0, -1.0, name)
    assert words.difference(effect)[0] in {"\N{MINUS SIGN}", "0"}
    assert words.weight(effect) == pytest.approx(1.5 / METRICS[name].matters)
    assert "%" not in words.unit_of_difference(METRICS[name].unit).split(" ")[0]
    assert not isnan(words.weight(_effect(nan, nan, name)))


@given(rest=st.text(st.characters(categories=["L"]), max_size=12))
def test_a_difference_of_percentages_is_in_points(rest: str) -> None:
    assume(not rest.startswith("%"))
    said = words.unit_of_difference(f"% {rest}".strip())
    assert said == (f"points ({rest})" if rest else "points")
    assert words.unit_of_difference(rest) == rest


@given(st.lists(st.text(st.characters(categories=["Ll"]), min_size=1), min_size=1, max_size=6))
def test_words_in_a_row_are_all_there(items: list[str]) -> None:
    said = words.listed(items)
    assert said.count(" and ") == (len(items) > 1)
    assert said.replace(" and ", ", ").split(", ") == items


@given(n=st.integers(0, 10**9))
def test_one_thing_is_one_and_all_others_are_many(n: int) -> None:
    said = words.plural(n, "pair")
    assert _read(said.split()[0]) == n
    assert said.endswith("s") == (n != 1)
