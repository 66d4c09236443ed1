"""What the tables of a region must hold. Bounds are hard limits; plausible ranges are data."""

from __future__ import annotations

from sim.calendars.civil import KINDS
from sim.region.table import Number, Schema, Text

AGE_BANDS = ("0-17", "18-24", "25-44", "45-59", "60-74", "75+")
PLACES = ("urban", "rural")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
LEVELS = ("region", "city", "district", "provider", "state", "system")

SHARE = Number(0, 1, unit="share")
PERCENT = Number(0, 100, unit="percent")
FLAG = Number(0, 1, whole=True, unit="1 yes, 0 no")
COUNT = Number(0, 50_000_000, whole=True)
LATITUDE, LONGITUDE = Number(-90, 90), Number(-180, 180)
KM = Number(0, 5_000, unit="km")
FREE = Text()

SCHEMAS = {
    "districts": Schema(
        key=("code",),
        columns={
            "code": FREE,
            "name": FREE,
            "kind": Text(choices=("city", "district")),
            "latitude_deg": LATITUDE,
            "longitude_deg": LONGITUDE,
            "residents": COUNT,
            "area_km2": Number(0, 10_000_000),
            "road_km_to_capital": KM,
        },
    ),
    "settlement_recipe": Schema(
        key=("district",),
        columns={
            "district": Text(refers_to="districts"),
            "villages_covered": Number(0, 10_000, whole=True),
            "villages_uncovered": Number(0, 10_000, whole=True),
            "centre_residents": COUNT,
            "centre_place": Text(choices=PLACES),
            "rank_size_exponent": Number(0, 3),
            "cap_share_of_centre": Number(0.01, 1),
            "uncovered_mean_residents": Number(0, 100_000),
            "uncovered_cv": Number(0, 5),
            "minimum_residents": Number(1, 10_000, whole=True),
            "radius_km": KM,
            "covered_distance_factor": Number(0, 5),
            "uncovered_distance_factor": Number(0, 5),
            "distance_cut": Number(0.01, 5),
            "road_factor": Number(1, 5),
        },
    ),
    "groups": Schema(
        key=("place", "age_band"),
        columns={
            "place": Text(choices=PLACES),
            "age_band": Text(choices=AGE_BANDS),
            "share_of_place_pct": PERCENT,
            "internet_pct": PERCENT,
            "skill_sufficient_pct": PERCENT,
            "skill_high_pct": PERCENT,
            "eds_valid_pct": PERCENT,
            "phone_in_own_name_pct": PERCENT,
            "portal_aware_pct": PERCENT,
            "proxy_if_weak_pct": PERCENT,
            "applicant": FLAG,
        },
    ),
    "services": Schema(
        key=("code",),
        columns={
            "code": FREE,
            "name": FREE,
            "sector": FREE,
            "scope": Text(choices=("local", "state")),
            "format": Text(choices=("electronic", "mixed", "paper")),
            "eds_required": FLAG,
            "online_possible": FLAG,
            "counter_minutes": Number(0.1, 600, unit="minutes"),
            "counter_cv": Number(0, 5),
            "limit_working_days": Number(0.001, 400, unit="working days"),
            "documents": Number(0, 100, whole=True),
            "incomplete_pct": PERCENT,
            "touch_minutes": Number(0, 10_000, unit="minutes"),
            "auto_decided_pct": PERCENT,
            "visits_per_need": Number(1, 2, unit="visits a need"),
            "attempt_class": Text(choices=("one_click", "form", "counter_only")),
            "provider_sector": Text(optional=True),
            "in_person_at_provider_pct": PERCENT,
            "specialised": FLAG,
            "exam": FLAG,
            "van": FLAG,
            "biometrics": FLAG,
            "business_pct": PERCENT,
            "counter_closure_pct": PERCENT,
            "online_ease": Number(-10, 10, unit="standard deviations"),
        },
    ),
    "constants": Schema(
        key=("service",),
        columns={
            "service": Text(refers_to="services"),
            "office": Number(-50, 50, optional=True),
            "body_at_provider": Number(-50, 50, optional=True),
            "body_mixed": Number(-50, 50, optional=True),
            "body_portal": Number(-50, 50, optional=True),
        },
    ),
    "rates": Schema(
        key=("service", "place", "age_band"),
        columns={
            "service": Text(refers_to="services"),
            "place": Text(choices=PLACES),
            "age_band": Text(choices=AGE_BANDS),
            "needs_per_1000": Number(0, 1_000_000, unit="needs a year per 1,000"),
            "office_filings_per_1000": Number(0, 1_000_000),
        },
    ),
    "months": Schema(
        key=("service",),
        columns={"service": FREE, **dict.fromkeys(MONTHS, Number(0, 12))},
    ),
    "routing": Schema(
        key=("service", "body"),
        columns={
            "service": Text(refers_to="services"),
            "level": Text(choices=LEVELS),
            "body": FREE,
            "share": SHARE,
        },
    ),
    "bodies": Schema(
        key=("code",),
        columns={
            "code": FREE,
            "name": FREE,
            "level": Text(choices=LEVELS),
            "district": Text(optional=True),
            "employer": FREE,
            "staff": Number(0, 100_000, whole=True, unit="posts"),
            "service_types": Number(0, 10_000, whole=True, optional=True),
            "share_of_time": Number(0, 1, optional=True, unit="share"),
        },
    ),
    "offices": Schema(
        key=("code",),
        columns={
            "code": FREE,
            "name": FREE,
            "district": Text(refers_to="districts"),
            "kind": Text(choices=("ordinary", "duty", "specialised_duty")),
            "counters": Number(1, 500, whole=True, unit="counters"),
            "operators": Number(0, 10_000, unit="posts"),
            "other_staff": Number(0, 10_000, unit="posts"),
            "consultants": Number(0, 1_000, unit="consultants"),
            "terminals": Number(0, 1_000, whole=True, unit="kiosks"),
            "latitude_deg": LATITUDE,
            "longitude_deg": LONGITUDE,
        },
    ),
    "vans": Schema(
        key=("code",),
        columns={
            "code": FREE,
            "base_district": Text(refers_to="districts"),
            "districts": FREE,
            "operators": Number(1, 50, whole=True),
        },
    ),
    "providers": Schema(
        key=("code",),
        columns={
            "code": FREE,
            "sector": FREE,
            "district": Text(refers_to="districts"),
            "desks_at_provider": Number(0, 10_000, whole=True),
            "desks_mixed": Number(0, 10_000, whole=True),
            "back_staff": Number(0, 10_000),
            "opens_hour": Number(0, 24),
            "closes_hour": Number(0, 24),
        },
    ),
    "holidays": Schema(
        key=("date",),
        columns={
            "date": Text(is_date=True),
            "kind": Text(choices=tuple(sorted(KINDS))),
            "name": FREE,
        },
    ),
}
MADE = {  # columns that are made from the files
    ("bodies", "gained_posts"): "posts",
    ("employers", "posts_by_utilisation"): "posts",
    ("settlements", "covered"): FLAG.unit,
}


def unit_of(table: str, column: str) -> str:
    """The unit of a column of numbers, empty if its name says it or it is a word.

    >>> unit_of("services", "auto_decided_pct"), unit_of("bodies", "gained_posts")
    ('percent', 'posts')
    """
    if table in SCHEMAS and column in SCHEMAS[table].columns:
        found = SCHEMAS[table].columns[column]
        return found.unit if isinstance(found, Number) else ""
    return MADE.get((table, column), "")
