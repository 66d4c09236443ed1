"""Working clocks: add work to an instant, count the work between two.

A clock is a run of intervals ``[opens, closes)`` in columns shared by all clocks; clock ``c`` owns
rows ``first[c]:first[c + 1]``. ``done`` is the work its earlier intervals hold. Whole seconds.
"""

from sim.compiled import formula, inner, loop

BEYOND = 2**61  # the clock's known intervals do not reach that far


@formula
def last_at_or_before(times, low, high, t):
    """Largest index in ``[low, high)`` with ``times[index] <= t``, else ``low - 1``."""
    before, after = low - 1, high
    while after - before > 1:
        middle = (before + after) // 2
        if times[middle] <= t:
            before = middle
        else:
            after = middle
    return before


@loop
def runs(first, opens, closes, clock, t):
    """Whether the clock runs at second ``t``."""
    i = last_at_or_before(opens, first[clock], first[clock + 1], t)
    return i >= first[clock] and t < closes[i]


@inner
def worked(first, opens, closes, done, clock, t):
    """Seconds of work from the clock's beginning up to ``t``."""
    i = last_at_or_before(opens, first[clock], first[clock + 1], t)
    if i < first[clock]:
        return 0
    return done[i] + min(t, closes[i]) - opens[i]


@loop
def between(first, opens, closes, done, clock, since, until):
    """Seconds of work in ``[since, until)``."""
    return worked(first, opens, closes, done, clock, until) - worked(
        first, opens, closes, done, clock, since
    )


@loop
def add(first, opens, closes, done, clock, t, work):
    """First instant, not before ``t``, at which ``work`` seconds are done; BEYOND if not known."""
    target = worked(first, opens, closes, done, clock, t) + work
    i = max(last_at_or_before(opens, first[clock], first[clock + 1], t), first[clock])
    while i < first[clock + 1]:
        if done[i] + closes[i] - opens[i] >= target:
            return max(t, opens[i] + target - done[i])
        i += 1
    return BEYOND
