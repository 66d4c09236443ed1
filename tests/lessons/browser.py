"""A headless Chromium, spoken to over a pipe in the protocol of its own developer tools."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 30.0  # seconds until the browser must have answered
OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--remote-debugging-pipe", "--window-size=1280,720",
)  # fmt: skip


def program() -> str | None:
    """The browser of this machine, if it has one."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Tab:
    """One page; what its console and its errors say is kept in ``complaints``."""

    def __init__(self, told: IO[bytes], heard: IO[bytes]) -> None:
        self._told, self._heard, self._number = told, heard, 0
        self._session = ""
        self.complaints: list[str] = []

    def open_anew(self, page: Path, *, calm: bool = False) -> None:
        """Load a page from the disk in a tab of its own; a calm one for who wants less motion."""
        self._session, self.complaints = "", []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        motion = {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"}
        self.ask("Emulation.setEmulatedMedia", features=[motion])
        self.ask("Page.navigate", url=page.as_uri())
        self.until("document.readyState === 'complete'")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._told.write(json.dumps(message).encode() + b"\0")
        self._told.flush()
        while True:
            found = self._next()
            if found.get("id") == self._number:
                assert "error" not in found, found
                return dict(found["result"])

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript comes to in the page."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        ends = time.monotonic() + PATIENCE
        while not self.value(expression):
            assert time.monotonic() < ends, f"never true: {expression}"
            time.sleep(0.02)

    def press(self, key: str, text: str = "") -> None:
        """A key down and up."""
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, **typed)

    def _next(self) -> dict[str, Any]:
        """The next message; errors and lines of the console are noted on the way."""
        message = bytearray()
        while (byte := self._heard.read(1)) != b"\0":
            assert byte, "the browser has ended"
            message += byte
        found: dict[str, Any] = json.loads(message)
        if found.get("method") in {
            "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded",
        }:  # fmt: skip
            self.complaints.append(message.decode())
        return found


@contextmanager
def tab(profile: Path) -> Iterator[Tab]:
    """A browser with one tab, which ends with the block."""
    found = program()
    assert found is not None
    to_read, told = os.pipe()
    heard, to_write = os.pipe()
    # the browser reads from descriptor 3 and writes to 4
    line = f'exec "$@" 3<&{to_read} 4>&{to_write}'
    browser = subprocess.Popen(
        ["/bin/bash", "-c", line, "bash", found, *OPTIONS, f"--user-data-dir={profile}"],
        pass_fds=(to_read, to_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(to_read)
    os.close(to_write)
    with os.fdopen(told, "wb") as writes, os.fdopen(heard, "rb") as reads:
        try:
            yield Tab(writes, reads)
        finally:
            browser.terminate()
            browser.wait(PATIENCE)
