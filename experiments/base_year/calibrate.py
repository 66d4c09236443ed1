"""Set the constants of choice so that the base year shows its own volumes.

    python experiments/base_year/calibrate.py [region=NAME] [rounds=5]

Runs the base year in rounds. After each, the constant of a service's counter (and of its provider
organisation) moves by the log-odds between what the table of rates says and what the run showed.
Writes ``conf/region/NAME/constants.csv``. The three readings of the remainder are set in turn.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.compose import CONF, composed
from sim.config import Config
from sim.engine import ENGINES
from sim.model import ServiceModel
from sim.region.region import Region
from sim.scenarios.changes import Timeline
from sim.service.catalogue import READINGS, yearly
from sim.service.tallies import ServiceTally
from sim.studies.run import region_of

STEP = 0.9  # of the way that the log-odds ask for
FEWEST = 20  # cases below which a share says nothing
SOURCE = "set so that first filings at counters and cases in person equal those of the base year"


def main() -> None:
    arguments = dict(one.split("=", 1) for one in sys.argv[1:])
    name, rounds = arguments.get("region", "west_kazakhstan"), int(arguments.get("rounds", "5"))
    config = composed([f"region={name}", "call_centre.pool_residents=0"]).config
    region = region_of(config)
    constants = region.tables["constants"]
    office = constants.numbers("office").copy()
    for reading in ("portal", "at_provider", "mixed"):  # the last one sets the counters
        office, body = fit(region, config, reading, rounds, office)
        constants = constants.replaced("office", office).replaced(f"body_{reading}", body)
    write(CONF / "region" / config.place.folders[-1] / "constants.csv", region, constants)


def fit(
    region: Region, config: Config, reading: str, rounds: int, office: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Constants of counters and bodies under one reading of the remainder."""
    tables = region.tables
    scope = config.scope.model_copy(update={"rest": reading})
    config = config.model_copy(update={"scope": scope})
    needs = yearly(tables, "needs_per_1000").sum(axis=1)
    filings = yearly(tables, "office_filings_per_1000").sum(axis=1)
    services = tables["services"]
    at_office = np.divide(filings, needs, out=np.zeros_like(needs), where=needs > 0)
    at_body = services.numbers("in_person_at_provider_pct") / 100 * READINGS[reading]
    elsewhere = np.clip(1 - at_office - at_body, 1e-6, 1)
    body = tables["constants"].numbers(f"body_{reading}").copy()
    if not office.any():
        office = np.where(at_office > 0, np.log(np.maximum(at_office, 1e-9) / elsewhere) + 1, 0.0)
    if not body.any():
        body = np.where(at_body > 0, np.log(np.maximum(at_body, 1e-9) / elsewhere) + 1, 0.0)
    for k in range(rounds):
        trial = tables["constants"].replaced("office", office).replaced(f"body_{reading}", body)
        shown = _shown({**tables, "constants": trial}, region, config)
        n = np.maximum(shown[:, ServiceTally.NEEDS], 1)
        rest = np.maximum(n - shown[:, ServiceTally.OFFICE] - shown[:, ServiceTally.BODY], 1) / n
        for constant, wanted, tally in (
            (office, at_office, ServiceTally.OFFICE),
            (body, at_body, ServiceTally.BODY),
        ):
            share = shown[:, tally] / n
            said = (wanted > 0) & (wanted < 1) & (shown[:, tally] >= FEWEST)
            gap = np.log(np.maximum(wanted, 1e-9) / elsewhere) - np.log(
                np.maximum(share, 1e-9) / rest
            )
            constant[:] = constant + np.where(said, STEP * gap, 0.0)
        shares = shown[:, [ServiceTally.OFFICE, ServiceTally.BODY, ServiceTally.VAN]] / n[:, None]
        print(
            f"{reading} round {k + 1}: "
            f"filings {shares[:, 0] @ needs:,.0f} of {filings.sum():,.0f}, "
            f"in person {shares[:, 1] @ needs:,.0f} of {at_body @ needs:,.0f}, "
            f"vans {shares[:, 2] @ needs:,.0f}",
            flush=True,
        )
    exists = (at_office > 0) & (at_office < 1)
    return np.where(exists, office, 0.0), np.where(at_body > 0, body, 0.0)


def _shown(tables: dict, region: Region, config: Config) -> NDArray[np.int64]:
    total = np.zeros((len(tables["services"]), len(ServiceTally)), dtype=np.int64)

    def note(model: ServiceModel) -> None:
        if model.measured_day >= 0:
            total[:] += model.ledger.services

    trial = Region(region.name, tables, region.special_days, region.starts)
    ServiceModel(trial, Timeline(tables, config, ()), ENGINES["compiled"], [note]).run()
    return total


def write(path: Path, region: Region, constants) -> None:
    names = ["office", "body_at_provider", "body_mixed", "body_portal"]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["service", *names, "source", "confidence"])
        for i, service in enumerate(region.tables["services"].rows):
            values = [f"{float(constants.numbers(name)[i]):.3f}" for name in names]
            rows.writerow([service, *values, SOURCE, "derived"])


if __name__ == "__main__":
    main()
