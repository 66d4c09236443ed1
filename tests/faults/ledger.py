"""How many faults of each kind were injected: lost, doubled and silent ones are counted apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Entry:
    """One kind of fault."""

    injected: int = 0
    bad: Counter[str] = field(default_factory=Counter)


BAD = ("lost", "doubled", "silent")
LEDGER: dict[str, Entry] = {}


def note(kind: str, injected: int = 1, **bad: int) -> None:
    """Count injections of a kind, and what should not have happened."""
    entry = LEDGER.setdefault(kind, Entry())
    entry.injected += injected
    entry.bad.update(bad)


def table() -> str:
    """All kinds, one a line, and their sum."""
    rows = [(kind, one.injected, *(one.bad[name] for name in BAD)) for kind, one in LEDGER.items()]
    rows.append(("all", *(sum(int(row[i]) for row in rows) for i in range(1, 5))))
    head = f"{'kind':58}{'injections':>11}" + "".join(f"{name:>9}" for name in BAD)
    return "\n".join(
        [head, *(f"{kind:58}{n:>11,}" + "".join(f"{x:>9}" for x in bad) for kind, n, *bad in rows)]
    )
