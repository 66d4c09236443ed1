"""What a compiled function is made of: its file and every file of ours that this imports."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

ABOVE = Path(__file__).resolve().parent.parent
IMPORTED = re.compile(r"^from (sim[\w.]*) import (\([^)]*\)|.*)", re.MULTILINE)


@cache
def digest(file: Path) -> str:
    """One word for the text of a file and of all of ours that it imports, directly or not."""
    found, new = {file}, [file]
    while new:
        _, imported = _read(new.pop())
        new += imported - found
        found |= imported
    whole = b"\0".join(_read(path)[0] for path in sorted(found))
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


@cache
def _read(file: Path) -> tuple[bytes, frozenset[Path]]:
    """The text of a file, and the files of ours that it names."""
    text = file.read_bytes()
    modules: set[str] = set()
    for module, names in IMPORTED.findall(text.decode()):
        modules |= {module, *(f"{module}.{name}" for name in re.findall(r"\w+", names))}
    named = (ABOVE.joinpath(*module.split(".")) for module in modules)
    files = (one for name in named for one in (name.with_suffix(".py"), name / "__init__.py"))
    return text, frozenset(one for one in files if one.is_file())
