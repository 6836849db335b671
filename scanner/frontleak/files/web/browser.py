"""Opens a page in a headless Chromium that has no network: each request is answered by the visit, under its limits.

The browser only says what it would load. A proxy that does not exist and a resolver that knows no name keep it from the
network, so whatever a page does, nothing is sent but the requests of `client.py`: checked, counted, paced and listed.
Service workers, downloads, dialogs, WebSockets and further windows are blocked.

Imported late: playwright is an extra.
"""

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from frontleak.core.errors import ConfigError
from frontleak.files.web.client import Response, headers_without
from frontleak.files.web.reference import Kind

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, WebSocketRoute

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_NO_NETWORK: Final = (
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
)
_KINDS: Final[Mapping[str, Kind]] = {
    "document": Kind.PAGE,
    "script": Kind.SCRIPT,
    "stylesheet": Kind.SCRIPT,
    "fetch": Kind.DATA,
    "xhr": Kind.DATA,
    "manifest": Kind.DATA,
    "other": Kind.DATA,
}
"""Kind of request, as Chromium calls it, of what may be code or data -> what is expected."""
_NOT_SENT: Final = frozenset({"cookie", "authorization", "host", "connection", "accept-encoding", "user-agent"})
_NOT_PASSED: Final = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "set-cookie", "transfer-encoding"}
)
_LONGEST_FOLDER: Final = 48
"""Characters of the path of a folder in which Chromium can open its socket, whose path must be short."""
_LOOK: Final = 100
"""Milliseconds between two looks at whether the page is done."""
_AT_REST: Final = 1.5
"""Seconds without a request after which a loaded page is done."""
_BUSY: Final = 15.0
"""Seconds that a loaded page may go on asking: many ask for news for ever."""
_STUCK: Final = 20.0
"""Seconds without a request after which a page that has not loaded is given up."""
_INSTALL: Final = 'run `pip install "frontleak[site-browser]"`, or leave out --browser'
_NO_CHROMIUM: Final = "install Chromium (apt install chromium), or run `playwright install chromium`"

Answering = Callable[[str, Kind, Mapping[str, str]], Response | None]
"""URL, what is expected there, headers of the browser -> the answer, or None if there is none."""


class SiteBrowser:
    """A browser that opens one page."""

    def __init__(self, browser: "Browser") -> None:
        """Take a browser that has started."""
        self._browser = browser
        self._latest = time.monotonic()
        """When the page has asked last."""
        self.blocked: Counter[str] = Counter()
        """What the page has tried and what was blocked, by what it is."""

    def open(self, url: str, answer: Answering, seconds: float) -> str:
        """Open a page, and wait until it asks for nothing more.

        Args:
            url: of the page.
            answer: called for each request.
            seconds: longest time.

        Returns:
            Why the page did not load to its end; empty if it did.
        """
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra

        loaded: list[float] = []
        context = self._browser.new_context(service_workers="block", accept_downloads=False)
        try:
            context.route("**/*", lambda route: self._answer(route, answer))
            context.route_web_socket("**/*", self._refuse_socket)
            page = context.new_page()
            context.on("page", self._close)
            page.once("load", lambda _: loaded.append(time.monotonic()))
            page.goto(url, timeout=1000 * max(seconds, 1), wait_until="commit")
            return self._wait(page, loaded, time.monotonic() + seconds)
        except Error as error:
            return _told(error)
        finally:
            _end(context)

    def _wait(self, page: "Page", loaded: Sequence[float], until: float) -> str:
        """Wait until the page is done, and return why it is not; a script that never ends does not stop this."""
        while (now := time.monotonic()) < until:
            idle = now - self._latest
            if loaded and (idle > _AT_REST or now - loaded[0] > _BUSY):
                return ""
            if not loaded and idle > _STUCK:
                return f"it asked for nothing for {_STUCK:g} seconds"
            page.wait_for_timeout(_LOOK)
        return "" if loaded else "its time was up"

    def _answer(self, route: "Route", answer: Answering) -> None:
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra

        request = route.request
        self._latest = time.monotonic()
        kind = _KINDS.get(request.resource_type)
        with suppress(Error):  # the page went away meanwhile
            if request.method != "GET":
                self.blocked[f"{request.method} requests"] += 1
            elif kind is None:
                self.blocked["requests for images, fonts and media"] += 1
            else:
                headers = {
                    name: value
                    for name, value in request.headers.items()
                    if name not in _NOT_SENT and not name.startswith((":", "sec-", "proxy-"))
                }
                found = answer(request.url, kind, headers)
                self._latest = time.monotonic()
                if found is not None:
                    passed = headers_without(found, _NOT_PASSED)
                    route.fulfill(status=found.status, headers=passed, body=found.body)
                    return
            route.abort()

    def _refuse_socket(self, socket: "WebSocketRoute") -> None:
        self.blocked["WebSockets"] += 1
        socket.close()

    def _close(self, page: "Page") -> None:
        self.blocked["further windows"] += 1
        page.close()


@contextmanager
def opened_browser() -> Iterator[SiteBrowser]:
    """Start Chromium: that of the machine, or else the one that playwright has downloaded.

    Its files are in a private folder, which is removed with it.

    Raises:
        ConfigError: playwright or Chromium is missing, or Chromium does not start.
    """
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigError("--browser needs playwright, which is not installed", advice=_INSTALL) from None
    folder = tempfile.mkdtemp(prefix="fl-")
    try:
        with _temporary_files_in(folder):
            driver = sync_playwright().start()
        try:
            browser = _started(driver)
            try:
                yield SiteBrowser(browser)
            finally:
                _end(browser)
        finally:
            with suppress(Exception):  # an interrupt has ended the driver already
                driver.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(driver: "Playwright") -> "Browser":
    from playwright.sync_api import Error  # noqa: PLC0415 - an extra

    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium has no sandbox for root
    try:
        return driver.chromium.launch(
            executable_path=program,
            args=list(_NO_NETWORK),
            chromium_sandbox=not is_root,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
    except Error as error:
        if program is None:
            raise ConfigError("--browser needs Chromium, which was not found", advice=_NO_CHROMIUM) from error
        raise ConfigError(f"{program} does not start: {_told(error)}", advice=_NO_CHROMIUM) from error


@contextmanager
def _temporary_files_in(folder: str) -> Iterator[None]:
    """Let a process that is started in the block put its temporary files into a folder, if its path is short enough.

    Otherwise they are where temporary files are, and the process removes them when it ends.
    """
    if len(folder) > _LONGEST_FOLDER:
        yield
        return
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before


def _end(what: "Browser | BrowserContext") -> None:
    with suppress(Exception):  # an interrupt has ended it already
        what.close()


def _told(error: Exception) -> str:
    """Return the first line of an error of playwright, without the call log."""
    return str(error).partition("\n")[0].strip().rstrip(".")[:200]
