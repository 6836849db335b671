"""An editor: starts the server and talks to it over its pipes. What it receives is checked by lsprotocol."""

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from lsprotocol import converters, types

from tests.acceptance.support import COMMAND, PATIENCE, environment
from tests.support import warm_process

_CONVERTER: Final = converters.get_converter()
EDITOR: Final[Mapping[str, Any]] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True},
        "hover": {"contentFormat": ["markdown"]},
    },
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
        "workspaceFolders": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
}
"""What a full editor can do."""


def started(env: Mapping[str, str], cwd: Path) -> "subprocess.Popen[bytes] | warm_process.Running":
    """Start the server: forked from a process that has imported it, if there is one."""
    if warm_process.is_usable():
        return warm_process.Running(["lsp"], str(cwd), env)
    return subprocess.Popen(
        [COMMAND, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=cwd
    )


class Client:
    """An editor with some folders open."""

    def __init__(self, *folders: Path, capabilities: Mapping[str, Any] = EDITOR, env: Mapping[str, str] | None = None):
        self.process = started(environment(**(env or {})), folders[0] if folders else Path("/"))
        self.received: list[dict[str, Any]] = []
        self._arrived: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0
        self._versions: dict[str, int] = {}
        self.stderr = b""
        self._output = threading.Thread(target=self._read, daemon=True)
        self._output.start()
        self._errors = threading.Thread(target=self._read_errors, daemon=True)
        self._errors.start()
        named = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
        self.server = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": named[0]["uri"] if named else None,
                "capabilities": capabilities,
                "workspaceFolders": named or None,
            },
        )["capabilities"]
        self.notify("initialized", {})

    # --- transport ---

    def _read(self) -> None:
        assert self.process.stdout is not None
        while header := self.process.stdout.readline():
            length = int(header.partition(b":")[2])
            while self.process.stdout.readline().strip():
                pass
            self._arrived.put(json.loads(self.process.stdout.read(length)))

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.stderr = self.process.stderr.read()

    def send_bytes(self, data: bytes) -> None:
        """Send anything."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: Any) -> None:
        """Send a message with its header."""
        body = json.dumps(message).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        answer = self.answer(method, params)
        assert "error" not in answer, answer
        return answer["result"]

    def answer(self, method: str, params: Any) -> dict[str, Any]:
        """Send a request and return its answer."""
        self._number += 1
        number = self._number
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number and "method" not in message)

    def wait(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the next message that is wanted; answer the requests of the server meanwhile."""
        end = time.monotonic() + seconds
        while True:
            message = self._next(end)
            if message is None:
                raise AssertionError(f"nothing came: {str(self.received[-5:])[:2000]} {self.stderr!r}")
            if wanted(message):
                return message

    def _next(self, end: float) -> dict[str, Any] | None:
        while True:
            is_over = time.monotonic() > end or self.process.poll() is not None
            try:
                message = self._arrived.get(timeout=0.1)
                break
            except queue.Empty:
                if is_over:
                    return None
        self.received.append(message)
        if "method" in message:
            kind = types.METHOD_TO_TYPES[message["method"]][0]
            _CONVERTER.structure(message, kind)
            if "id" in message:
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        return message

    def quiet(self, seconds: float) -> list[dict[str, Any]]:
        """Return what comes within some seconds."""
        end, found = time.monotonic() + seconds, []
        while message := self._next(end):
            found.append(message)
        return found

    # --- documents ---

    def open(self, file: Path | str, text: str, language: str = "typescript") -> str:
        """Open a document, and return its URI."""
        uri = file if isinstance(file, str) else file.as_uri()
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def change(self, uri: str, text: str, span: tuple[int, int, int, int] | None = None) -> int:
        """Replace a text, or a span of it (line, column, line, column), and return the version."""
        self._versions[uri] += 1
        change: dict[str, Any] = {"text": text}
        if span is not None:
            first, second, third, fourth = span
            start, end = {"line": first, "character": second}, {"line": third, "character": fourth}
            change["range"] = {"start": start, "end": end}
        identifier = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": [change]})
        return self._versions[uri]

    def save(self, uri: str) -> None:
        """Tell that a document was saved."""
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def diagnostics(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """Return the next diagnostics of a document, of a version or a newer one."""
        least = self._versions.get(uri, 0) if version is None else version

        def is_wanted(message: dict[str, Any]) -> bool:
            params = message.get("params") or {}
            is_about = message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri
            return is_about and (params.get("version") or 0) >= least

        found: list[dict[str, Any]] = self.wait(is_wanted)["params"]["diagnostics"]
        return found

    def actions(self, uri: str, at: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the code actions at a range."""
        params = {"textDocument": {"uri": uri}, "range": at, "context": {"diagnostics": []}}
        answer = self.answer("textDocument/codeAction", params)
        _CONVERTER.structure(answer, types.CodeActionResponse)
        return list(answer["result"] or [])

    def hover(self, uri: str, line: int, character: int) -> str:
        """Return the text at a position; empty if there is none."""
        position = {"line": line, "character": character}
        found = self.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
        return "" if found is None else str(found["contents"]["value"])

    def logs(self) -> list[str]:
        """Return the lines of the log so far."""
        return [each["params"]["message"] for each in self.received if each.get("method") == "window/logMessage"]

    def end(self) -> int:
        """End the server as an editor does, and return its exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        code = self.process.wait(PATIENCE)
        self.close()
        return code

    def close(self) -> None:
        """Close the pipes of a server that has ended."""
        self._output.join(PATIENCE)
        self._errors.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()


@contextmanager
def editor(*folders: Path, **options: Any) -> Iterator[Client]:
    """Run an editor, and check that the server ends well and that nothing was printed besides messages."""
    client = Client(*folders, **options)
    try:
        yield client
        if client.process.poll() is None:
            assert client.end() == 0
        assert client.stderr == b""
    finally:
        if client.process.poll() is None:
            client.process.kill()
            client.process.wait()
        client.close()


def applied(text: str, edits: Sequence[Mapping[str, Any]]) -> str:
    """Apply edits of a document without characters outside the Basic Multilingual Plane."""
    lines = text.splitlines(keepends=True) or [""]
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]

    def index(position: Mapping[str, int]) -> int:
        return int(starts[position["line"]] + position["character"])

    for edit in sorted(edits, key=lambda each: index(each["range"]["start"]), reverse=True):
        start, end = index(edit["range"]["start"]), index(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text
