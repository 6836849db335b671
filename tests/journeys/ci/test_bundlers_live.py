"""The plugin while people work: a watch reports and goes on, and `vite dev` shows findings in its overlay."""

import json
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.support import token, write
from tests.journeys.ci.bundlers import Workshop, with_options
from tests.journeys.ci.npm_packages import Tools

pytestmark = pytest.mark.toolchain
FIX: Final = "Revoke the token at https://www.sanity.io/manage"
WATCHES: Final = {
    "vite": ("build", "--watch"),
    "rollup": ("-c", "-w"),
    "webpack": ("--watch",),
    "rspack": ("build", "--watch"),
    "esbuild": (),
}
SERVER: Final = """\
import { createServer } from "vite";
const server = await createServer({ server: { port: 0, host: "127.0.0.1" } });
await server.listen();
const { port } = server.httpServer.address();
const listen = (name) => {
  const address = `ws://127.0.0.1:${port}/?token=${server.config.webSocketToken}`;
  new WebSocket(address, "vite-hmr").onmessage = ({ data }) => console.log(`${name} ${data}`);
};
listen("first");
process.stdin.on("data", async (text) => {
  if (String(text).includes("listen")) listen("second");
  else console.log("page", (await fetch(`http://127.0.0.1:${port}/src/index.js`)).status);
});
"""


_TRIES: Final = 8
_PAUSE: Final = 5
"""Seconds without a line, after which a change is made again."""


class Live:
    """A program that goes on, and the lines that it has printed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.text = ""
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)

    def until(self, *parts: str, after: Callable[[], object] = lambda: None) -> str:
        """Do something, return the next line that has these parts, and fail if there is none.

        It is done again after a while, because programs do not say since when they watch.
        """
        for _ in range(_TRIES):
            after()
            while True:
                try:
                    line = self._lines.get(timeout=_PAUSE)
                except queue.Empty:
                    break
                self.text += line
                if all(part in line for part in parts):
                    return line
        return pytest.fail(f"{parts} did not come:\n{self.text}")

    def say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


@contextmanager
def live(tools: Tools, folder: Path, *command: str) -> Iterator[Live]:
    with subprocess.Popen(
        [str(tools.folder / "node"), *command],
        cwd=folder,
        env=tools.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield Live(process)
        finally:
            process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("bundler", WATCHES)
def test_a_watch_reports_and_goes_on(bundler: str, workshop: Workshop, tools: Tools) -> None:
    config = with_options(bundler)
    if bundler == "esbuild":
        config = config.replace("import { build }", "import { context }").replace(
            "await build(", "const c = await context("
        )
        config += "await c.watch();\n"
    project = workshop.project(f"watch-{bundler}", bundler, leaks=True, config=config)
    script, *_ = workshop.script(bundler)

    def change(text: str) -> None:
        write(project, {"src/index.js": text})
        time.sleep(_PAUSE / 2)

    with live(tools, project, script, *WATCHES[bundler]) as watch:
        watch.until(FIX)
        watch.until("frontleak: secrets in")
        watch.until("No secrets found", after=lambda: change("console.log(2);\n"))
        watch.until(FIX, after=lambda: change(f'console.log("{token()}");\n'))
        assert watch.process.poll() is None
    assert token() not in watch.text


def test_a_server_that_keeps_its_files_in_memory_is_not_scanned(workshop: Workshop, tools: Tools) -> None:
    project = write(workshop.project("serve", "rspack", leaks=True), {"dist/main.js": "an old build\n"})
    with live(tools, project, workshop.script("rspack")[0], "serve", "--port", "0") as server:
        server.until("compiled")
    assert tools.scans == []


def message(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line.partition(" ")[2])
    return found


def test_findings_of_changed_files_are_in_the_overlay(workshop: Workshop, tmp_path: Path) -> None:
    tools = Tools.create(tmp_path / "tools", workshop.node24)
    project = write(workshop.project("dev", "vite", leaks=False), {"server.mjs": SERVER})
    with live(tools, project, "server.mjs") as server:
        server.until("first", '"connected"')
        leak = {"src/index.js": f'\nexport const t = "{token()}";\n', ".hidden.js": "1", "dist/x.js": "1"}
        assert "src/index.js:2:19" in server.until("frontleak: high", after=lambda: write(project, leak))
        error = message(server.until("first", '"error"'))["err"]
        assert (error["plugin"], error["loc"]["line"], error["loc"]["column"]) == ("frontleak", 2, 19)
        assert error["loc"]["file"] == str(project / "src/index.js")
        assert FIX in error["message"]
        assert error["frame"].startswith("> 2 | ")
        server.say("listen")
        assert message(server.until("second", '"error"'))["err"] == error, "a page that opens later sees it too"
        write(project, {"src/index.js": "export const t = 1;\n"})
        server.until("second", '"update","updates":[]')
        server.say("page")
        server.until("page 200")
    assert token() not in server.text
    assert set(tools.scans) == {"scan --format json -- src/index.js"}


def test_in_dev_a_missing_command_is_told_once_and_the_server_goes_on(workshop: Workshop, tmp_path: Path) -> None:
    tools = Tools.create(tmp_path / "tools", workshop.node24, has_frontleak=False)
    project = write(workshop.project("dev-missing", "vite", leaks=False), {"server.mjs": SERVER})
    with live(tools, project, "server.mjs") as server:
        server.until("first", '"connected"')
        change = {"src/index.js": "export const t = 2;\n"}
        server.until("nothing was scanned, because the command is missing", after=lambda: write(project, change))
        server.say("page")
        server.until("page 200")
        server.until('"full-reload"', after=lambda: write(project, change))
        time.sleep(_PAUSE / 2)
        server.say("page")
        server.until("page 200")
    assert server.text.count("the command is missing") == 1


def test_dev_can_be_switched_off(workshop: Workshop, tmp_path: Path) -> None:
    tools = Tools.create(tmp_path / "tools", workshop.node24)
    config = with_options("vite", dev=False)
    project = write(workshop.project("dev-off", "vite", leaks=False, config=config), {"server.mjs": SERVER})
    with live(tools, project, "server.mjs") as server:
        server.until("first", '"connected"')
        server.say("page")
        server.until("page 200")
        leak = {"src/index.js": f'export const t = "{token()}";\n'}
        server.until('"full-reload"', after=lambda: write(project, leak))
        time.sleep(_PAUSE / 2)
    assert tools.scans == []
