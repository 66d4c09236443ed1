"""Violations, inspections and complaints: counted, found, upheld, and what moves nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.agents import Oversight
from sim.engine import ENGINES
from sim.model import ServiceModel
from sim.results.recorder import Columns
from sim.service.tallies import OversightTally
from sim.service.verdicts import Closed, Verdict
from tests.model.town import hashes_of, lived, model

TWO_MONTHS = ("run.days=60", "run.run_in_days=0")
WRONG = ("back_office.refusal_pct=40", "oversight.wrong_refusal_pct=40")
LATE = ("demand.factor=4", "back_office.allow_overload=true")
EVERYBODY_COMPLAINS = ("complaints.propensity=1", "complaints.aware_share=1")
CAUSES = Verdict.LATE | Verdict.REFUSED | Verdict.RETURNED | Verdict.WAITED | Verdict.LEFT
CENSUS = ("oversight.inspections_per_year=1200", "oversight.cases_per_inspection=1000000",
          "oversight.detection_pct=100")  # fmt: skip


class Seen:
    """What closed day by day, and what is looked at besides."""

    def __init__(self) -> None:
        self.days: list[Closed] = []

    def __call__(self, one: ServiceModel) -> None:
        self.days.append(one.closed)

    @property
    def cases(self) -> Closed:
        return Closed._make(map(np.concatenate, zip(*self.days, strict=True)))


def seen(*overrides: str) -> tuple[Seen, Mapping[str, Columns]]:
    one, found = model(*TWO_MONTHS, *overrides), Seen()
    one.observers.append(found)
    return found, lived(one)


def sums(found: Mapping[str, Columns], month: str = "", scope: str = "") -> dict[str, int]:
    """Columns of the table of oversight, summed over the rows of a month or a scope."""
    table = found["oversight"]
    here = np.char.startswith(table["month"], month) & np.char.startswith(table["scope"], scope)
    return {name: int(v[here].sum()) for name, v in table.items() if v.dtype.kind == "i"}


def by_cell(found: Mapping[str, Columns], month: str, column: str) -> dict[tuple[str, str], int]:
    """A column of a month by station and service of local bodies, where it is not zero."""
    table = found["oversight"]
    here = (table["month"] == month) & (table["scope"] == "local") & (table[column] > 0)
    keys = zip(table["station"][here], table["service"][here], strict=True)
    return dict(zip(keys, table[column][here].tolist(), strict=True))


def test_causes_are_those_that_services_count() -> None:
    """Two ways to one number: desks, late and refused ones, and returns."""
    found = lived(model(*WRONG, *LATE))
    counted, services = sums(found), found["services"]
    names = {"decided": "desk", "late": "overdue", "refused": "refused", "returned": "returned"}
    for mine, theirs in names.items():
        assert counted[mine] == services[theirs].sum() > 0
    assert 0 < counted["wrongly_refused"] < counted["refused"]
    assert sums(found, scope="state")["violations"] == 0
    local = sums(found, scope="local")
    assert local["violations"] <= local["late"] + local["wrongly_refused"]


@pytest.mark.parametrize("scenario", ["base", "every_mechanism"])
def test_a_bad_experience_is_a_case_with_a_cause(scenario: str) -> None:
    """Groups and verdicts count the same experiences and the same complaints."""
    one, found = model(*TWO_MONTHS, *WRONG, *EVERYBODY_COMPLAINS, scenario=scenario), Seen()
    one.observers.append(found)
    tables = lived(one)
    verdicts, groups = found.cases.verdict, tables["groups"]
    assert groups["bad_experiences"].sum() == (verdicts & CAUSES != 0).sum() > 0
    made = (verdicts & Verdict.COMPLAINED != 0).sum()
    assert groups["complaints"].sum() == sums(tables)["complaints"] == made
    wrong = verdicts & Verdict.WRONG != 0
    assert (verdicts[wrong] & Verdict.REFUSED != 0).all()


def test_only_the_product_of_awareness_and_propensity_can_be_seen() -> None:
    """Halves and quarters are exact: not one row of any table differs."""
    few, many = (
        hashes_of(lived(model(f"complaints.propensity={p}", f"complaints.aware_share={a}")))
        for p, a in ((0.8, 0.25), (0.2, 1))
    )
    assert few == many


def test_whoever_complains_when_few_know_where_complains_when_more_do() -> None:
    """Complaints grow by awareness case by case, and nothing else moves."""
    complained, others = [], []
    for aware in (0, 0.1, 0.5, 1):
        found, tables = seen("complaints.propensity=0.9", f"complaints.aware_share={aware}", *WRONG)
        made = found.cases.verdict & Verdict.COMPLAINED != 0
        complained.append(set(found.cases.case_id[made].tolist()))
        for name in ("complaints", "answered", "upheld", "restored"):
            tables["oversight"][name][:] = 0
        kept = tables["oversight"]["decided"].sum(), tables["oversight"]["violations"].sum()
        hashes = {k: v for k, v in hashes_of(tables).items() if k not in ("groups", "oversight")}
        others.append((kept, hashes))
    assert complained[0] == set() < complained[1] < complained[2] < complained[3]
    assert all(one == others[0] for one in others)


def test_a_census_with_open_eyes_finds_every_violation_of_the_month_before() -> None:
    """Body by body and service by service; without a month before, nothing."""
    found = lived(model(*TWO_MONTHS, *CENSUS, *WRONG, *LATE))
    assert by_cell(found, "2024-02", "inspected") == by_cell(found, "2024-01", "decided")
    assert by_cell(found, "2024-02", "found") == by_cell(found, "2024-01", "violations")
    assert sums(found, "2024-01")["late"] > 0
    assert sums(found, "2024-01")["inspected"] == 0


def test_a_sample_finds_no_more_than_is_in_it() -> None:
    """By better eyes and by larger samples more, of the same cases."""
    found = {}
    for n, detection in ((20, 50), (20, 100), (60, 100)):
        rules = (f"oversight.cases_per_inspection={n}", f"oversight.detection_pct={detection}",
                 CENSUS[0])  # fmt: skip
        tables = lived(model(*TWO_MONTHS, *WRONG, *rules))
        found[n, detection] = by_cell(tables, "2024-02", "found")
        assert by_cell(tables, "2024-02", "inspected").keys() >= found[n, detection].keys()
        all_of_them = by_cell(tables, "2024-01", "violations")
        assert all(all_of_them[cell] >= k for cell, k in found[n, detection].items())
    fewest, more, most = found.values()
    assert all(more.get(cell, 0) >= k for cell, k in fewest.items())
    assert all(most.get(cell, 0) >= k for cell, k in more.items())
    assert 0 < sum(fewest.values()) < sum(more.values()) < sum(most.values())


def test_without_effect_oversight_moves_nothing_but_its_own_table() -> None:
    base, watched = (
        hashes_of(lived(model(*TWO_MONTHS, *WRONG, *rules)))
        for rules in ((), (*CENSUS, "oversight.inspect=complaints", "complaints.response_days=1",
                           "complaints.upheld_pct=100", "oversight.effort_pct=20"))
    )  # fmt: skip
    assert {name for name in base if base[name] != watched[name]} == {"oversight"}


def test_a_body_that_takes_full_care_refuses_nobody_wrongly() -> None:
    """From the day of the inspection on; what it would have refused wrongly is issued."""
    full = ("oversight.sanction_effect=1", "oversight.half_life_months=1e9")
    loose, strict = (seen(*WRONG, *CENSUS, *rules) for rules in ((), full))
    before, after = sums(loose[1], "2024-02", "local"), sums(strict[1], "2024-02", "local")
    assert sums(loose[1], "2024-01") == sums(strict[1], "2024-01")
    found = {station for station, _ in by_cell(strict[1], "2024-02", "found")}
    wrong = {station for station, _ in by_cell(strict[1], "2024-02", "wrongly_refused")}
    assert found
    assert not found & wrong
    assert after["wrongly_refused"] < before["wrongly_refused"]
    avoided = strict[0].cases.verdict & Verdict.AVOIDED != 0
    refused = {int(i) for i in loose[0].cases.only(loose[0].cases.is_violation).case_id}
    assert set(strict[0].cases.case_id[avoided].tolist()) <= refused


def test_effort_is_time_saved_on_every_case() -> None:
    """At full care half the work of February is saved, and of January nothing."""
    careful = ("oversight.sanction_effect=1", "oversight.half_life_months=1e9")
    busy = []
    for pct in (0, 50):
        found = lived(model(*TWO_MONTHS, *WRONG, *CENSUS, *careful, f"oversight.effort_pct={pct}"))
        careful_bodies = [station for station, _ in by_cell(found, "2024-02", "found")]
        february = np.char.startswith(found["desks"]["date"], "2024-02")
        here = np.isin(found["desks"]["station"], careful_bodies)
        seconds = found["desks"]["busy_seconds"] * here
        busy.append((seconds[~february].sum(), seconds[february].sum()))
    assert busy[0][0] == busy[1][0]
    assert busy[1][1] / busy[0][1] == pytest.approx(0.5, abs=0.01)  # seconds are whole


def test_every_complaint_is_answered_in_time_and_upheld_if_there_was_a_violation() -> None:
    """All complain, answers take a day, and what is justified is always upheld."""
    found, tables = seen(
        *EVERYBODY_COMPLAINS, *WRONG, "complaints.response_days=1", "complaints.upheld_pct=100"
    )
    answered = Closed._make(map(np.concatenate, zip(*found.days[:-1], strict=True)))
    made = answered.only(answered.verdict & Verdict.COMPLAINED != 0)
    counted = sums(tables)
    assert counted["answered"] == len(made.case_id) > 0
    assert counted["upheld"] == made.is_violation.sum() > 0
    assert counted["restored"] == (made.verdict & Verdict.WRONG != 0).sum() > 0


@pytest.mark.parametrize("days", [1, 7, 30])
def test_an_answer_comes_after_the_days_it_takes(days: int) -> None:
    """The first complaint sets the day of the first answer."""
    one = model(*EVERYBODY_COMPLAINS, *WRONG, f"complaints.response_days={days}", *TWO_MONTHS)
    made: list[int] = []
    while not one.ledger.oversight[:, :, OversightTally.ANSWERED].any():
        one.step()
        made += [one.day - 1] * bool((one.closed.verdict & Verdict.COMPLAINED).any())
    assert one.day - 1 == made[0] + days


def test_an_upheld_complaint_brings_lost_trust_back() -> None:
    """All of it: on the day of the first answer nobody has less trust, and somebody has more."""
    rules = (*EVERYBODY_COMPLAINS, *WRONG, *TWO_MONTHS, "complaints.response_days=3",
             "complaints.upheld_pct=100", "population.trust_in_centres=1")  # fmt: skip
    hard, kind = (model(*rules, f"complaints.restored_trust_share={s}") for s in (0, 1))
    while (hard.citizens.people.trust_centre == kind.citizens.people.trust_centre).all():
        hard.step()
        kind.step()
    gain = kind.citizens.people.trust_centre - hard.citizens.people.trust_centre
    assert (gain >= 0).all()
    assert gain.max() > 0


def test_inspections_of_a_year_are_spread_over_its_months() -> None:
    """Sixteen a year: never more than two a month, the longest unseen first."""
    one = model("run.days=366", "run.run_in_days=0", "oversight.inspections_per_year=16")
    (oversight,) = one.agents_by_type[Oversight]
    turns = []
    while one.day < one.horizon:
        one.step()
        months = list(oversight.last_turn.values())
        turns.append(months.count(max(months, default=0)))
    assert max(turns) == 2
    assert len(oversight.last_turn) == len(
        {s for s in one.network.names if s in one.tables["bodies"].index or s.endswith("desk")}
    )


def test_where_complaints_lead_the_body_with_most_of_them_is_inspected() -> None:
    """In turn it would be the body with most cases, which is another one."""
    inspected = []
    for rule in ("turn", "complaints"):
        tables = lived(
            model(
                *TWO_MONTHS, *EVERYBODY_COMPLAINS, "back_office.refusal_pct=0",
                "back_office.allow_overload=true", "tables.services.other.touch_minutes=900",
                "tables.services.other.limit_working_days=1",
                "oversight.inspections_per_year=12", f"oversight.inspect={rule}",
            )
        )  # fmt: skip
        inspected.append({station for station, _ in by_cell(tables, "2024-02", "inspected")})
    made: dict[str, int] = {}
    for (station, _), n in by_cell(tables, "2024-01", "complaints").items():
        made[station] = made.get(station, 0) + n
    at_desks = {station for station, _ in by_cell(tables, "2024-01", "decided")}
    most = max(at_desks & made.keys(), key=made.__getitem__)
    assert inspected[1] == {most}
    assert len(inspected[0]) == 1
    assert inspected[0] != inspected[1]


def test_both_engines_live_it_alike() -> None:
    """With every effect in force; in every table, to the second."""
    rules = ("run.days=20", "run.run_in_days=20", *LATE, *WRONG, "oversight.effort_pct=30",
             "complaints.propensity=0.5")  # fmt: skip
    hashes = [
        hashes_of(lived(model(*rules, f"engine={engine}", scenario="oversight_at_work")))
        for engine in ENGINES
    ]
    assert hashes[0] == hashes[1]
