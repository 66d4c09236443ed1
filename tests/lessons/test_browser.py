"""In a real browser: the day plays, stops, is dragged, and nothing complains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.report.words import NO_FIGURE
from tests.lessons.browser import Tab, program, tab
from tests.lessons.conftest import Lesson

pytestmark = pytest.mark.skipif(program() is None, reason="no Chromium on this machine")
CLOCK = "document.getElementById('clock').textContent"
BUTTON = "document.getElementById('play')"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One browser for all tests."""
    with tab(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def opened(browser: Tab, lesson: Lesson) -> Tab:
    """The page at its first second."""
    browser.open_anew(lesson.page)
    return browser


def figures(page: Tab, hall: int) -> list[str]:
    """In line, mean wait, longest wait, served, left."""
    found: list[str] = page.value(
        f"[...document.querySelectorAll('.hall')[{hall}].querySelectorAll('dd')]"
        ".map((dd) => dd.textContent)"
    )
    return found


def drag_to(page: Tab, second: int) -> None:
    """What moving the slider does."""
    page.value(
        "(() => { const slider = document.getElementById('time');"
        f" slider.value = {second};"
        " for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind)); })()"
    )


def test_play_moves_the_clock_and_nothing_complains(opened: Tab) -> None:
    assert opened.value(CLOCK) == "9:00"
    opened.value(f"{BUTTON}.click()")
    assert opened.value(f"{BUTTON}.textContent") == "Pause"
    opened.until(f"{CLOCK} >= '9:02' || {CLOCK}.startsWith('1')")
    opened.value(f"{BUTTON}.click()")
    stopped = opened.value(CLOCK)
    assert stopped > "9:00"
    assert opened.value(f"{BUTTON}.textContent") == "Play"
    assert opened.value("document.getElementById('told').textContent").startswith(stopped)
    assert opened.complaints == []


def test_keys_play_pause_and_move_by_the_minute(opened: Tab) -> None:
    opened.press("ArrowRight")
    assert opened.value(CLOCK) == "9:01"
    opened.press("ArrowLeft")
    assert opened.value(CLOCK) == "9:00"
    opened.press(" ", " ")
    opened.until(f"{BUTTON}.textContent === 'Pause'")
    opened.press(" ", " ")
    opened.until(f"{BUTTON}.textContent === 'Play'")
    assert opened.complaints == []


@pytest.mark.parametrize("clock", [39_600, 46_700, 52_800, 66_000])
def test_the_hall_shows_the_log_of_that_second(opened: Tab, lesson: Lesson, clock: int) -> None:
    """Counted here anew, in both halls, and every person stands where the log says."""
    drag_to(opened, clock)
    now = int(opened.value("document.getElementById('time').value"))
    for h, hall in enumerate(lesson.log["halls"]):
        people = list(zip(hall["came"], hall["called"], hall["left"], strict=True))
        in_line = sum(a <= now < (b if c is None else c) for a, c, b in people)
        waits = [c - a for a, c, _ in people if c is not None and c <= now]
        served = sum(c is not None and b <= now for _, c, b in people)
        gone = sum(c is None and b <= now for _, c, b in people)
        mean = f"{sum(waits) / len(waits) / 60:.1f} min" if waits else NO_FIGURE
        shown = figures(opened, h)
        assert (shown[0], shown[1], shown[3:]) == (str(in_line), mean, [str(served), str(gone)])
        drawn = opened.value(
            f"['waiting', 'late', 'gone'].map((name) => document.querySelectorAll('.hall')[{h}]"
            ".querySelectorAll(`.floor .person.${name}:not(.absent)`).length)"
        )
        assert (drawn[0] + drawn[1], drawn[2]) == (in_line, gone)
    assert opened.complaints == []


def test_the_day_ends_and_begins_again(opened: Tab) -> None:
    """At the end all have left, and the screen shows what the words say; play starts anew."""
    drag_to(opened, 86_400)
    words = opened.value("document.querySelector('[aria-labelledby=words]').textContent")
    for h in (0, 1):
        line, mean, longest, served, gone = figures(opened, h)
        assert line == "0"
        assert f"{served} were served, {gone} left without service." in words
        assert (
            f"waited {mean}utes on average; the longest wait of anybody was {longest}utes" in words
        )
    opened.value(f"{BUTTON}.click()")
    opened.until(f"{CLOCK}.startsWith('9:')")
    opened.value(f"{BUTTON}.click()")


def test_the_page_fits_a_projector_and_a_telephone(opened: Tab) -> None:
    """No bar across; on a projector both halls and the legend are seen without scrolling."""
    bottom = "document.querySelector('.legend').getBoundingClientRect().bottom"
    for width, height in ((1280, 720), (360, 740)):
        opened.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=False)  # fmt: skip
        assert opened.value("document.documentElement.scrollWidth") <= width
        if width == 1280:
            assert opened.value(bottom) <= height
    opened.ask("Emulation.clearDeviceMetricsOverride")


def test_a_calm_page_moves_without_gliding(browser: Tab, lesson: Lesson) -> None:
    """Who asked for less motion sees steps."""
    browser.open_anew(lesson.page, calm=True)
    gliding = "getComputedStyle(document.querySelector('.person')).transitionDuration"
    assert browser.value(gliding) == "0s"
    browser.value(f"{BUTTON}.click()")
    browser.until(f"{CLOCK} === '9:06'")  # six minutes at a time
    browser.value(f"{BUTTON}.click()")


def test_a_broken_page_would_be_caught(browser: Tab, tmp_path: Path) -> None:
    """A negative control: a script that throws is a complaint."""
    page = tmp_path / "broken.html"
    page.write_text("<script>throw new Error('no')</script>", encoding="utf-8")
    browser.open_anew(page)
    browser.until("true")
    assert any("no" in said for said in browser.complaints)
