"""Exact laws: what theory says of a system is what an engine does, with the error controlled.

The quick tier; ``make verify-laws`` tries the whole file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.engine import ENGINES
from sim.errors import InputError
from sim.laws.law import Law, laws_of
from sim.laws.trial import FAIL, INCONCLUSIVE, NOT_EXPRESSED, PASS, Terms, tried
from sim.service.cases import Cases, Log, State
from sim.service.stations import Stations
from tests.conftest import Said

FILE = Path(__file__).with_name("analytic_cases.csv")
LAWS = laws_of(FILE)
QUICK = (
    "erlangB_a10_c10", "erlangB_a45_c50", "erlangB_a2_c1", "mmck_l1.2_c1_K5", "mmck_l4.5_c4_K10",
    "erlangA_l5_c3_th0.25", "md1_rho0.8", "mdc_rho0.8_c5", "tandem_mm1_mm1",
    "finite_source_N10_c1",
    "finite_source_N10_c2", "mvac_exh_D", "dm1_rho0.5", "mm1_balk_1_over_n+1", "mm1_rho0.8",
    "mg1_LogN_scv2_rho0.8", "3cls", "mnl_overflow", "ewma_const",
)  # fmt: skip


def case(name: str) -> list[Law]:
    """The laws of a case."""
    found = [law for law in LAWS if law.name == name]
    assert found, name
    return found


@pytest.mark.parametrize("name", QUICK)
def test_the_compiled_engine_keeps_the_law(name: str) -> None:
    """Within two percent, one chance in a thousand that any law of the file fails by luck."""
    trials = tried(case(name), Terms(laws=len(LAWS)))
    assert {one.verdict for one in trials} == {PASS}, [
        (one.law.metric, one.law.exact, one.estimate, one.se, one.verdict) for one in trials
    ]


def _file(path: Path, *rows: dict[str, object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _row(exact: float, metric: str = "P(block)", **parameters: object) -> dict[str, object]:
    given = {"lam": 2.0, "mu": 1, "c": 1, "K": 1, **parameters}
    return {"name": "one", "parameters": json.dumps(given), "metric": metric, "exact": exact,
            "family": "Erlang B", "kind": "steady"}  # fmt: skip


def _longer(factor: float) -> Callable[..., None]:
    """An engine whose services take a little too long."""

    def advance(stations: Stations, cases: Cases, log: Log, state: State, *span: int) -> None:
        work = np.maximum(1, np.rint(cases.work * factor)).astype(np.int64)
        ENGINES["compiled"](stations, cases._replace(work=work), log, state, *span)

    return advance


@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_an_engine_that_is_five_percent_off_fails(factor: float) -> None:
    """A negative control: the same trial that passes a right engine finds a wrong one."""
    laws = [law for law in case("mmck_l1.2_c1_K5") if law.metric == "P(block)"]
    (trial,) = tried(laws, Terms(laws=len(LAWS)), _longer(factor))
    assert trial.verdict == FAIL


def _last_first(stations: Stations, cases: Cases, log: Log, state: State, *span: int) -> None:
    """An engine that calls who came last."""
    due = DUES - np.repeat(cases.id, np.diff(cases.first)) % DUES
    ENGINES["compiled"](stations, cases._replace(due=due), log, state, *span)


DUES = 2**16  # days that a line can be ordered by


def test_an_engine_that_calls_the_last_first_fails() -> None:
    """Means are blind to it and pass; the second moment, 200 instead of 40, is not."""
    squared, mean = case("mm1_fcfs_rho0.8")[0], case("mm1_rho0.8")
    (trial,) = tried([squared], Terms(0.05, len(LAWS), most=1e6), _last_first)
    assert trial.verdict == FAIL
    assert trial.estimate > 2 * squared.exact
    blind = [law for law in mean if law.metric == "Wq"]
    (trial,) = tried(blind, Terms(0.05, len(LAWS), most=1e6), _last_first)
    assert trial.verdict == PASS


def test_what_is_too_noisy_to_say_is_inconclusive_and_never_passes() -> None:
    """A vacuous test cannot pass: too few cases settle nothing."""
    (law, _) = case("erlangB_a2_c1")
    (trial,) = tried([law], Terms(tolerance=0.0005, laws=len(LAWS), most=5e5))
    assert trial.verdict == INCONCLUSIVE
    assert "more cases are needed" in trial.reason


def test_a_line_that_never_settles_is_inconclusive_at_once(tmp_path: Path) -> None:
    """Nobody waits for a day because a file asks for a load of 0.9999."""
    given = {"family": "M/M/1", "metric": "Wq", "parameters": '{"lam": 0.9999, "mu": 1}'}
    (law,) = laws_of(_file(tmp_path / "one.csv", {**_row(9_999.0), **given}))
    (trial,) = tried([law], Terms())
    assert trial.verdict == INCONCLUSIVE
    assert "forgets its beginning only after" in trial.reason


def test_the_engine_that_is_read_keeps_a_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """SimPy lives the same system; the trial is shorter because it is slower."""
    monkeypatch.setattr("sim.laws.trial.PILOT", 6)
    monkeypatch.setattr("sim.laws.trial.REPLICATIONS", 10)
    laws = [law for law in case("erlangB_a2_c1") if law.metric == "P(block)"]
    (trial,) = tried(laws, Terms(tolerance=0.1, laws=1), ENGINES["simpy"])
    assert trial.verdict == PASS


def test_luck_has_an_address() -> None:
    """The same terms give the same figures; another seed gives others."""
    laws = case("erlangB_a10_c10")
    first, again = (tried(laws, Terms()) for _ in range(2))
    assert [one.estimate for one in first] == [one.estimate for one in again]
    other = tried(laws, Terms(seed=2))
    assert [one.estimate for one in first] != [one.estimate for one in other]


def test_vacations_of_any_length_are_independent(tmp_path: Path) -> None:
    """Exhaustive vacations, exponential: lam E[S2] / 2(1 - rho) + E[V2] / 2E[V] = 1 + 2."""
    given = {"lam": 0.5, "service": "Exp(1)", "vacation": "Exp", "EV": 2,
             "policy": "exhaustive multiple"}  # fmt: skip
    row = {**_row(3.0), "family": "M/G/1 vacations", "metric": "Wq"}
    (law,) = laws_of(_file(tmp_path / "one.csv", {**row, "parameters": json.dumps(given)}))
    (trial,) = tried([law], Terms())
    assert trial.verdict == PASS, trial


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ({"family": "M/M/1-PS"}, "does not share itself"),
        ({"parameters": '{"lam": 1, "mu": 0, "c": 1, "K": 1}'}, "mu must be more than 0"),
        ({"parameters": '{"lam": -1, "mu": 1, "c": 1, "K": 1}'}, "lam must be more than 0, not -1"),
        ({"parameters": '{"lam": "x", "mu": 1, "c": 1, "K": 1}'}, "finite number, not 'x'"),
        ({"parameters": '{"lam": 1, "mu": 1, "c": 2.5}', "family": "M/M/c"}, "a whole number"),
        ({"parameters": '{"lam": 1, "mu": 1, "c": 1e8}', "family": "M/M/c"}, "10,000 servers"),
        ({"parameters": '{"V": 1}', "family": "Logit"}, "a list of utilities"),
        ({"parameters": '{"V": [1], "nests": [[1]]}', "family": "Logit"}, "no nests"),
        ({"exact": 0.0}, "the exact value is 0"),
        ({"family": "Unheard of"}, "no family of laws called 'Unheard of'"),
        ({"metric": "P(rain)"}, "no metric called 'P(rain)'"),
        ({"parameters": '{"lam": 1.2, "mu": 1}', "family": "M/M/1"}, "no steady state"),
        ({"parameters": '{"mu": 1}', "family": "M/M/1"}, "parameter 'lam' is missing"),
        (
            {"parameters": '{"lam": 0.5, "service": "Zeta"}', "family": "M/G/1"},
            "no distribution called 'Zeta'",
        ),
        (
            {"parameters": '{"lam": 0.5, "mu": 1, "discipline": "LCFS"}', "family": "M/M/1"},
            "not LCFS",
        ),
    ],
)
def test_what_cannot_be_expressed_says_why(
    tmp_path: Path, law: dict[str, object], said: str
) -> None:
    """Never a formula held against a formula."""
    (one,) = laws_of(_file(tmp_path / "one.csv", {**_row(0.5), **law}))
    (trial,) = tried([one], Terms())
    assert trial.verdict == NOT_EXPRESSED
    assert said in trial.reason


def test_the_verb_writes_the_file_again_with_what_it_found(
    kezek: Callable[[str], Said], tmp_path: Path
) -> None:
    path = _file(tmp_path / "mine.csv", _row(2 / 3), _row(1.0, "P(rain)"))
    found = kezek(f"laws {path} --json")
    assert found.code == 0, found.err
    told = json.loads(found.out)
    assert told["counts"] == {PASS: 1, FAIL: 0, INCONCLUSIVE: 0, NOT_EXPRESSED: 1}
    assert {"seed", "tolerance", "family_error", "seconds", "kezek", "libraries"} <= set(told)
    kept, unheard = told["trials"]
    assert kept["parameters"] == {"lam": 2.0, "mu": 1, "c": 1, "K": 1}
    assert (kept["case"], kept["family"], kept["metric"]) == ("one", "Erlang B", "P(block)")
    assert kept["z"] == pytest.approx((kept["estimate"] - kept["exact"]) / kept["se"])
    assert (unheard["estimate"], unheard["n"], unheard["reason"]) == (
        None, None, "no metric called 'P(rain)' is known",
    )  # fmt: skip
    with Path(told["written"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == [PASS, NOT_EXPRESSED]
    assert abs(float(rows[0]["estimate"]) - 2 / 3) < 0.02
    assert rows[0]["exact"] == str(2 / 3)
    assert json.loads(Path("outputs/laws/manifest.json").read_text())["status"] == "finished"


def test_a_law_that_is_wrong_fails_and_so_does_the_command(
    kezek: Callable[[str], Said], tmp_path: Path
) -> None:
    found = kezek(f"laws {_file(tmp_path / 'mine.csv', _row(0.6))}")
    assert found.code == 4
    assert "1 laws failed" in found.err
    assert "FAIL one P(block): exact 0.6" in found.out


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"exact": "much"}, "line 2: `exact` must be a number, got 'much'"),
        ({"exact": "nan"}, "line 2: `exact` is not a finite number (nan)"),
        ({"parameters": "lam=1"}, "line 2: `parameters` is not JSON"),
        ({"parameters": "[1]"}, "line 2: `parameters` must be a JSON object"),
    ],
)
def test_a_bad_file_is_refused_line_by_line(
    tmp_path: Path, row: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError) as error:
        laws_of(_file(tmp_path / "bad.csv", {**_row(0.5), **row}))
    assert said in str(error.value)


def test_a_row_longer_than_the_header_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path / "long.csv", _row(0.5))
    path.write_text(path.read_text(encoding="utf-8").rstrip() + ",more\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: more cells than the header has"):
        laws_of(path)


def test_a_line_without_luck_has_no_controls_and_its_law(tmp_path: Path) -> None:
    """D/D/1 never waits: everybody is served on arrival."""
    given = {"lam": 0.5, "interarrival": "D", "service": "D", "mean": 1}
    row = {**_row(0.5), "family": "G/G/1", "metric": "L", "parameters": json.dumps(given)}
    (trial,) = tried(laws_of(_file(tmp_path / "one.csv", row)), Terms())
    assert trial.verdict == PASS, trial


def test_a_file_that_is_none_is_refused(kezek: Callable[[str], Said], tmp_path: Path) -> None:
    assert "No such file" in kezek("laws nowhere.csv").err
    (tmp_path / "empty.csv").write_text("a,b\n", encoding="utf-8")
    found = kezek("laws empty.csv")
    assert found.code == 2
    assert "has no column `exact`" in found.err
