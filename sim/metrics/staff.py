"""People who hold the posts of offices and bodies; not a number where staff are counts."""

from __future__ import annotations

from sim.metrics.metric import Tables, metric, ratio, total

MONTHS = 12


def _people(tables: Tables) -> int:
    """Who holds a post, summed over the ends of months."""
    return total(tables["staff"], "posts") - total(tables["staff"], "vacant")


@metric("Staff turnover", unit="% a year", better="lower", matters=1.0)
def staff_turnover(tables: Tables) -> float:
    """People who left a post at an office or a body, of those who held one."""
    return 100 * MONTHS * ratio(total(tables["staff"], "left"), _people(tables))


@metric("Vacant posts", unit="%", better="lower", matters=0.5)
def vacant_posts(tables: Tables) -> float:
    """Share of posts at offices and bodies that nobody holds, mean over ends of months."""
    staff = tables["staff"]
    return 100 * ratio(total(staff, "vacant"), total(staff, "posts"))


@metric("Experience of staff", unit="years", better="higher", matters=0.1)
def staff_experience(tables: Tables) -> float:
    """Mean time for which people have held their post, in completed months."""
    return ratio(total(tables["staff"], "experience_months"), _people(tables)) / MONTHS


@metric("Novices", unit="% of staff", better="lower", matters=1.0)
def novices(tables: Tables) -> float:
    """Share of people who have held their post for less than a year."""
    return 100 * ratio(total(tables["staff"], "novices"), _people(tables))
