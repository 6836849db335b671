"""A headless Chromium, and reports to open in it. Run with `make test-browser`: it needs Chromium and playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, sync_playwright

from frontleak.core.records import replace
from frontleak.core.report import Report
from frontleak.core.verdict import Status, Verdict
from frontleak.core.vocabulary import Severity
from frontleak.report.registry import reporter_named
from tests.support.hostile import write_hostile
from tests.support.made import rendered, scan_paths
from tests.support.paths import ROOT

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    assert program is not None, "install Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def project() -> Report:
    """Report of a source tree and of builds: import chains, source maps, served files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return scan_paths("fixtures/sources/next-app", "fixtures/next-app", "fixtures/vite-react")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("hostile")
    write_hostile(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return scan_paths(".")


_VERDICT: Final = Verdict(status=Status.ACTIVE, reason="The API took it.", summary="robot token, can-write")


def many(report: Report, number: int) -> Report:
    """Return a report with a number of findings of different files, rules and severities, the worst first."""
    severities = list(Severity)
    made = [
        replace(
            each,
            severity=severities[at * len(severities) // number],
            fingerprint=f"{at:032x}",
            verdict=None if at % 7 else _VERDICT,
            place=replace(each.place, line=at + 1, original=None),
        )
        for at in range(number)
        for each in (report.findings[at % len(report.findings)],)
    ]
    return replace(report, findings=tuple(made))


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a report as a page. Whatever it asks for, says on its console or pops up is an error at the end."""
    wrong: list[str] = []
    contexts: list[BrowserContext] = []

    def closed(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open_(report: Report, *, at: str = "", watched: bool = True, **options: object) -> Page:
        file = tmp_path / f"report-{len(contexts)}.html"
        file.write_text(rendered(report, reporter_named("html")), "utf-8")
        settings = {"viewport": {"width": 1280, "height": 900}} | options
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        if not watched:
            page.goto(file.as_uri())
            return page
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", closed)
        page.on("request", lambda request: wrong.append(request.url) if request.url != page.url else None)
        page.goto(f"{file.as_uri()}{at}")
        wrong[:] = [each for each in wrong if not each.startswith(file.as_uri())]
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def shots() -> Path | None:
    """Return the folder for screenshots; None unless one is asked for with SCREENSHOTS."""
    folder = os.environ.get("SCREENSHOTS")
    return Path(folder) if folder else None
