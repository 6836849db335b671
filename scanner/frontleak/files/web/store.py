"""The folder that keeps the responses of a visit, with the list of their URLs that `--url-manifest` reads."""

import json
import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from frontleak.core.errors import ConfigError, InputError
from frontleak.files.recordings.entries import HEADERS
from frontleak.files.web.addresses import path_of

_MANIFEST: Final = "urls.jsonl"
_BODIES: Final = "responses"
_ENDINGS: Final = {
    "application/json": ".json",
    "application/javascript": ".js",
    "application/x-javascript": ".js",
    "text/css": ".css",
    "text/html": ".html",
    "text/javascript": ".js",
}
"""Media type -> end of the name of its file."""
_ENDING: Final = re.compile(r"\.[a-z0-9]{1,12}\Z")


class ResponseFolder:
    """Writes each body, and the headers of each response, to a file of its own, and a line about it."""

    def __init__(self, path: str) -> None:
        """Write to a folder that exists and is empty."""
        self.bodies = os.path.join(path, _BODIES)
        """Folder of the bodies."""
        self.manifest = os.path.join(path, _MANIFEST)
        """Path of the list."""
        self.count = 0
        os.mkdir(self.bodies, 0o700)

    def add(self, url: str, media: str, body: bytes, source_map: str = "") -> None:
        """Keep a body.

        Raises:
            InputError: it cannot be written.
        """
        own = _ENDING.search(path_of(url).lower())
        ending = _ENDINGS.get(media) or (own.group() if own else ".bin")
        self._write(ending, body, {"url": url} | ({"source_map": source_map} if source_map else {}))

    def add_headers(self, url: str, lines: bytes) -> None:
        """Keep the headers of a response, a line each.

        Raises:
            InputError: they cannot be written.
        """
        self._write(".headers", lines, {"url": url, "part": HEADERS})

    def _write(self, ending: str, body: bytes, row: Mapping[str, str]) -> None:
        self.count += 1
        name = f"{self.count:05}{ending}"
        row = {"path": f"{_BODIES}/{name}", **row}
        try:
            with open(os.path.join(self.bodies, name), "xb") as file:
                file.write(body)
            with open(self.manifest, "a", encoding="utf-8") as lines:
                lines.write(json.dumps(row) + "\n")
        except OSError as error:
            raise InputError(
                f"{os.path.dirname(self.manifest)}: the responses cannot be kept: {error.strerror or error}",
                advice="set TMPDIR to a folder with more room, or lower --max-bytes",
            ) from error

    def close(self) -> None:
        """Write the list even if it is empty."""
        with open(self.manifest, "a", encoding="utf-8"):
            pass


@contextmanager
def private_folder() -> Iterator[ResponseFolder]:
    """Make a folder that only this user can enter, and remove it in any case: also when the process is told to end."""
    with _ending_like_an_interrupt():
        path = tempfile.mkdtemp(prefix="frontleak-site-")
        try:
            yield ResponseFolder(path)
        finally:
            with _undisturbed():
                shutil.rmtree(path, ignore_errors=True)


def kept_folder(path: str) -> ResponseFolder:
    """Return the folder that `--keep` names, and create it if it does not exist.

    Raises:
        ConfigError: it is not empty, or cannot be created.
    """
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        is_empty = not os.listdir(path)
    except OSError as error:
        raise ConfigError(
            f"--keep {path}: {error.strerror or error}", advice="name a folder that can be created"
        ) from error
    if not is_empty:
        raise ConfigError(f"--keep {path}: is not empty", advice="name a new folder")
    return ResponseFolder(os.path.abspath(path))


@contextmanager
def _ending_like_an_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does; only the main thread can."""
    names = [each for name in ("SIGTERM", "SIGHUP") if (each := getattr(signal, name, None)) is not None]
    if threading.current_thread() is not threading.main_thread():
        names = []
    before = {name: signal.signal(name, _interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore further interrupts while the folder is removed."""
    before = None
    with suppress(ValueError):  # not the main thread
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)
