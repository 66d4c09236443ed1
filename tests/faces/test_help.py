"""``--help``, and what a verb, a word or a setting that nobody knows is answered."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import VERBS, parser
from sim.errors import SimError
from tests.conftest import Said
from tests.faces.documents import strictly

Kezek = Callable[[str], Said]
ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"numpy", "pandas", "numba", "scipy", "hydra", "omegaconf", "mesa", "simpy", "matplotlib",
         "pyarrow", "pydantic", "rich", "yaml", "jinja2", "openpyxl"}  # fmt: skip
EXAMPLES = re.findall(r"^  kezek (.+?)(?:   +.*)?$", parser().format_help(), flags=re.MULTILINE)


def _python(*arguments: str, at: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=at, capture_output=True, text=True, check=False, timeout=120, encoding="utf-8",
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PATH": ""},
    )  # fmt: skip


@pytest.mark.parametrize("command", [("-m", "sim"), ("-c", "import sim.cli; sim.cli.main()")])
def test_help_imports_nothing_heavy(command: tuple[str, ...]) -> None:
    """Whoever asks for help waits for no library."""
    found = _python("-X", "importtime", *command, "--help")
    assert found.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip() for line in found.stderr.splitlines()}
    assert "argparse" in imported
    assert not {name.split(".")[0] for name in imported} & HEAVY


def test_help_names_every_verb_and_every_exit_code() -> None:
    said = parser().format_help()
    for verb in VERBS:
        assert re.search(rf"\b{verb}\b", said), verb
    codes = {int(code) for code in re.findall(r"\b\d+\b", said.partition("exit codes:")[2])}
    assert codes >= {one.code for one in SimError.__subclasses__()} | {0, 3, 130}


def test_a_verb_has_a_module_of_its_own_or_is_said_to_share_one() -> None:
    """No verb is promised that nothing does."""
    homes = {"list": "listing", "demo": "compare", "status": "study", "resume": "study"}
    homes["replay"] = "study"
    for verb in VERBS:
        assert (ROOT / "sim/verbs" / f"{homes.get(verb, verb)}.py").is_file()


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_of_the_help_can_be_read(line: str) -> None:
    """Words and options in the order in which they are printed there."""
    told = parser().parse_intermixed_args(line.split())
    assert told.words[0] in VERBS
    alone = told.words[0] in ("demo", "validate", "calibrate")
    assert len(told.words) > 1 or told.unknowns or alone
    assert told.multirun == (" -m " in line)


def test_the_help_has_examples() -> None:
    assert len(EXAMPLES) >= 5


def test_an_option_may_stand_anywhere(kezek: Kezek) -> None:
    """Before, between or after the words, it means the same."""
    lines = ("--json explain base office.return_pct=60",
             "explain base office.return_pct=60 --json",
             "explain base --json office.return_pct=60",
             "explain --json base office.return_pct=60")  # fmt: skip
    found = [kezek(line) for line in lines]
    assert [one.code for one in found] == [0, 0, 0, 0], found[2].err
    assert len({one.out for one in found}) == 1


def test_the_package_is_the_command(tmp_path: Path) -> None:
    """``python -m sim`` and ``kezek`` are one function, and both say the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"]["kezek"] == "sim.cli:main"
    module = _python("-m", "sim", "list", "metrics", "--json", at=tmp_path)
    script = _python(
        "-c", "from sim.cli import main; main()", "list", "metrics", "--json", at=tmp_path
    )
    assert module.stdout == script.stdout
    assert strictly(module.stdout)
    assert (module.returncode, script.returncode) == (0, 0)
    wrong = _python("-m", "sim", "list", "metriks", at=tmp_path)
    assert wrong.returncode == 2
    assert "Did you mean 'metrics'?" in wrong.stderr
    assert not list(tmp_path.iterdir())


UNKNOWN = [
    ("list scenario", "Did you mean 'scenarios'?"),
    ("list lever", "Did you mean 'levers'?"),
    ("explain rural_acces", "Did you mean 'rural_access'?"),
    ("compare base rural_acces", "Did you mean 'rural_access'?"),
    ("run scenario=rural_acces", "Did you mean 'rural_access'?"),
    ("run region=teachingg", "Did you mean 'teaching'?"),
    ("run office.patience_minute=3", "Did you mean 'patience_minutes'?"),
    ("explain base officee.hours=duty", "Did you mean 'office'?"),
    ("run rural_access", "'rural_access' is no setting. Write key=value"),
    ("demo rural_access", "'rural_access' is no setting. Write key=value"),
    ("list", "name one thing, such as: kezek list scenarios"),
    ("list levers metrics", "name one thing"),
    ("explain", "name one thing, such as: kezek explain rural_access"),
    ("report", "name one thing, such as: kezek report demo"),
    ("report demmo", "there are none yet; try: kezek demo"),
    ("report ../demo", "only letters, digits, - and _"),
    ("run --study ../demo", "only letters, digits, - and _"),
    ("compare base", "name at least two scenarios"),
    ("compare base base", "a scenario stands twice"),
]


@pytest.mark.parametrize(("line", "said"), UNKNOWN)
def test_what_nobody_knows_is_answered_in_a_sentence(kezek: Kezek, line: str, said: str) -> None:
    """Exit code 2, the nearest right name, no traceback, no results."""
    found = kezek(line)
    assert found.code == 2, found.err
    assert said in found.err
    assert "Traceback" not in found.err
    assert found.out == ""
    assert not list(Path().glob("outputs/*/tables"))


@pytest.mark.parametrize("line", ["", "rnu", "run --jsn", "run --study"])
def test_a_line_that_cannot_be_read_is_refused_without_a_traceback(kezek: Kezek, line: str) -> None:
    found = kezek(line)
    assert found.code == 2
    assert found.err
    assert "Traceback" not in found.err


def test_the_nearest_verb_is_named(kezek: Kezek) -> None:
    assert "Did you mean 'compare'?" in kezek("compar base rural_access").err


@pytest.mark.parametrize("verb", ["list metrics", "list metrics --json", "explain rural_access"])
def test_a_full_disk_under_the_output_is_said_in_a_sentence(verb: str) -> None:
    """``> /dev/full`` is a real device on which every write fails."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "sim", *verb.split()]
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert found.returncode == 6
    assert found.stderr == "kezek: Cannot write to the output: No space left on device.\n"
