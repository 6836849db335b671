"""The overlay of `vite dev` in a real browser: it comes with a leak, stays over a reload, and goes with the fix."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser

from tests.acceptance.support import token, write
from tests.journeys.ci.bundlers import BLOCKS
from tests.journeys.ci.npm_packages import NPM, Tools, downloaded, packed

pytestmark = pytest.mark.browser
WAIT: Final = 60_000
"""Milliseconds."""
OVERLAY: Final = "vite-error-overlay"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A project with the configuration of the page, and the address where Vite serves it."""
    project = tmp_path / "project"
    files = {
        "package.json": '{"type": "module"}',
        "index.html": '<script type="module" src="/src/index.js"></script>\n',
        "src/index.js": "console.log(1);\n",
        "vite.config.js": BLOCKS["vite.config.js"],
    }
    write(project, files)
    downloaded(project, "vite@8", "unplugin@3")
    names = ("frontleak", "unplugin-frontleak", "vite-plugin-frontleak")
    downloaded(project, *(str(packed(NPM / name, tmp_path)) for name in names))
    tools = Tools.create(tmp_path / "tools")
    command = [str(tools.folder / "node"), "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        command, cwd=project, env=tools.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = next(
            found[1] for line in process.stdout if (found := re.search(r"(http://127\.\S+?/)", _plain(line)))
        )
        yield project, address
        process.kill()


def _plain(line: str) -> str:
    return re.sub(r"\x1b\[\d+m", "", line)


def test_the_overlay_comes_with_a_leak_and_goes_with_the_fix(browser: Browser, server: tuple[Path, str]) -> None:
    project, address = server
    page = browser.new_page()
    page.goto(address)
    page.wait_for_timeout(2000)  # until it watches
    write(project, {"src/index.js": f'\nexport const t = "{token()}";\nconsole.log(t);\n'})
    page.wait_for_selector(OVERLAY, state="attached", timeout=WAIT)
    shown = page.evaluate(f"document.querySelector('{OVERLAY}').shadowRoot.querySelector('.window').innerText")
    assert "Sanity API token (high)" in shown
    assert f"{project / 'src/index.js'}:2:19" in shown
    assert "> 2 | export const t = " in shown
    assert token() not in shown
    page.reload()
    page.wait_for_selector(OVERLAY, state="attached", timeout=WAIT)
    write(project, {"src/index.js": "export const t = 1;\nconsole.log(t);\n"})
    page.wait_for_selector(OVERLAY, state="detached", timeout=WAIT)
    page.wait_for_timeout(2000)
    assert page.query_selector(OVERLAY) is None
    page.close()
