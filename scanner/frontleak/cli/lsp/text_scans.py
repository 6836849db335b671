"""Scans the texts of documents while they are written: one at a time, on a thread, a moment after the last change."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir
from typing import Final, NamedTuple

import click

from frontleak.cli.lsp.documents import Document
from frontleak.cli.lsp.log import Log, bug, lines_of_error
from frontleak.cli.lsp.positions import utf8
from frontleak.cli.lsp.roots import Root, Roots, Settings
from frontleak.cli.lsp.shown import Shown, shown_in
from frontleak.core.errors import FrontleakError
from frontleak.core.origins import FileOrigin
from frontleak.report.json import to_plain

DELAY: Final = 0.15
"""Seconds between a change and the scan, in which a further change puts it off."""
MOST_BYTES: Final = 16 * 1024 * 1024
"""Bytes of the largest document that is scanned while it is written."""
_MOST_MISSED: Final = 3
"""Lines about what of a text was not scanned."""


class Outcome(NamedTuple):
    """The result of a scan of one text."""

    shown: tuple[Shown, ...] = ()
    settings: Settings | None = None
    problem: tuple[str, ...] = ()
    """Why there is no result, or what of the text was not scanned."""
    is_mistake: bool = False
    """Whether somebody can correct the problem in a file of the project."""


class TextScans:
    """Scans documents, and gives each result to a function unless the document has changed since."""

    def __init__(self, roots: Roots, done: Callable[[Document, Root, Outcome], None], log: Log) -> None:
        """Store what is told."""
        self._roots = roots
        self._done = done
        self._log = log
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lsp-scan")
        """The only thread that scans, and that changes the working directory."""

    def plan(self, document: Document, delay: float = DELAY) -> None:
        """Scan a document after some seconds; a scan that is planned or runs is overtaken."""
        self.drop(document)
        document.revision += 1
        loop = asyncio.get_running_loop()
        self._timers[document.uri] = loop.call_later(delay, self._start, document)

    def drop(self, document: Document) -> None:
        """Forget a scan that is planned."""
        if timer := self._timers.pop(document.uri, None):
            timer.cancel()

    def close(self) -> None:
        """Drop all that is planned."""
        for timer in self._timers.values():
            timer.cancel()
        self.thread.shutdown(wait=False, cancel_futures=True)

    def _start(self, document: Document) -> None:
        self._timers.pop(document.uri, None)
        asyncio.ensure_future(self._scan(document, document.revision))  # noqa: RUF006 - it ends by itself

    async def _scan(self, document: Document, revision: int) -> None:
        root, taken = self._roots.of(document), document.snapshot()
        try:
            outcome = await asyncio.get_running_loop().run_in_executor(
                self.thread, scan_text, document, revision, root, taken
            )
        except (asyncio.CancelledError, RuntimeError):  # the server ends
            return
        except Exception as error:  # noqa: BLE001 - one document must not end the server
            self._log(bug(error))
            return
        if outcome is not None and document.revision == revision:
            self._done(document, root, outcome)


def scan_text(document: Document, revision: int, root: Root, taken: Document) -> Outcome | None:
    """Return the findings in a text as it was taken; None if it has changed since. Called on the thread."""
    text = taken.text
    if document.revision != revision:
        return None
    try:
        with chdir(root.folder):
            settings = root.settings()
            most = min(MOST_BYTES, settings.options.max_file_size)
            data = utf8(text) if len(text) <= most else b""
            if len(text) > most or len(data) > most:
                name = FileOrigin(path=document.path).display
                return Outcome(settings=settings, problem=(f"{name}: not scanned: over {most:,} bytes",))
            inside = taken.path.removeprefix(f"{root.folder.rstrip('/')}/")
            is_inside = taken.is_untitled or inside != taken.path
            path = f"{root.real.rstrip('/')}/{inside}" if is_inside else taken.path
            report = settings.texts.scan(path, data)
            if report is None or document.revision != revision:
                return Outcome(settings=settings) if report is None else None
            findings = to_plain(report)["findings"]
            missed = (f"{each.origin.display}: {each.message}" for each in report.skipped if each.incomplete)
            return Outcome(shown_in(findings, taken, settings.own_rules), settings, tuple(missed)[:_MOST_MISSED])
    except (FrontleakError, click.ClickException) as error:
        return Outcome(problem=tuple(lines_of_error(error)), is_mistake=True)
    except OSError as error:
        name = FileOrigin(path=root.folder).display
        return Outcome(problem=(f"{name}: not scanned: {error.strerror or type(error).__name__}",))
