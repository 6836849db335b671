"""What a hostile or broken editor sends, a missing extra, and an editor that goes away."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.support import COMMAND, PATIENCE, environment, interruptible, token, write
from tests.cli.lsp.client import editor

BROKEN = [
    b"Content-Length: 5\r\n\r\n{abc}",
    b"Content-Length: 2\r\n\r\n[]",
    b"Content-Length: 2\r\n\r\n42",
    b"Content-Length: 4\r\n\r\nnull",
    b"Content-Length: 2\r\n\r\n{}",
    b'Content-Length: 17\r\n\r\n{"jsonrpc":"1.0"}',
    b"Content-Length: 0\r\n\r\n",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: x\r\n\r\n",
    b"\r\n\r\n\xff\xfe\r\n",
    b"Content-Length: 3\r\n\r\n\xff\xfe\xfd",
    b"X-Other: 1\r\ncontent-length:2\r\nContent-Type: a\r\n\r\n{}",
    b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000,
]


def test_broken_messages_are_dropped(tmp_path: Path) -> None:
    with editor(tmp_path) as client:
        for number, data in enumerate(BROKEN):
            client.send_bytes(data)
            uri = client.open(tmp_path / f"a{number}.ts", f"t = '{token()}'")
            assert len(client.diagnostics(uri)) == 1, data[:40]
        assert len(client.logs()) == 9
        assert all("dropped" in line for line in client.logs())


def test_strange_messages(tmp_path: Path) -> None:
    secret = token()
    text = f"t = '{secret}'"
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "a.ts", text)
        client.diagnostics(uri)
        item = {"uri": uri, "languageId": "ts", "version": "one", "text": text}
        client.notify("textDocument/didOpen", {"textDocument": item})
        client.notify("textDocument/didOpen", {"textDocument": None})
        client.notify(
            "textDocument/didChange", {"textDocument": {"uri": "file:///nowhere", "version": 2}, "contentChanges": []}
        )
        client.notify(
            "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": 5}]}
        )
        client.notify("textDocument/didSave", {"textDocument": {"uri": "file:///%00"}})
        client.notify("textDocument/didClose", {"textDocument": {"uri": "file:///never"}})
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": "::", "type": 1}]})
        client.notify("$/unknown", {"a": text})
        assert "error" in client.answer("unknown/request", {"a": text})
        assert "error" in client.answer("textDocument/hover", {"a": text})
        assert client.hover("file:///nowhere", 0, 0) == ""
        assert client.hover(uri, 9_000, 9_000) == ""
        for span in ((9, 9, 9, 9), (0, 9_999, 0, 9_999), (0, 5, 0, 0)):
            client.diagnostics(uri, client.change(uri, "", span))
        for name in ("file:///", "file://host/a.ts", "file:///a%00b.ts", "", "file:", "http://[/", "untitled:"):
            client.open(name, text)
        client.quiet(1.0)
        assert secret[8:20] not in json.dumps(client.received)
        assert not [line for line in client.logs() if "internal error: " in line]


@pytest.mark.parametrize("text", ["t = '\ud800TOKEN'", "\ufefft = 'TOKEN'", "\0\0t = 'TOKEN'", "😀\ud83d'TOKEN'"])
def test_texts_that_are_hard_to_encode(text: str, tmp_path: Path) -> None:
    text = text.replace("TOKEN", token())
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "a.ts", text)
        (found,) = client.diagnostics(uri)
        before = text[: text.index("sk")]
        assert found["range"]["start"]["character"] == len(before.encode("utf-16-le", "surrogatepass")) // 2


def test_a_message_that_is_cut_off_ends_the_server(tmp_path: Path) -> None:
    run = subprocess.run(
        [COMMAND, "lsp"],
        input=b"Content-Length: 100\r\n\r\n{",
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout == run.stderr == b""


def test_what_comes_before_the_first_request_is_dropped(tmp_path: Path) -> None:
    item = {"uri": (tmp_path / "a.ts").as_uri(), "languageId": "ts", "version": 1, "text": f"t = '{token()}'"}
    params = {"textDocument": item}
    body = json.dumps({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params}).encode()
    run = subprocess.run(
        [COMMAND, "lsp"],
        input=b"Content-Length: %d\r\n\r\n%b" % (len(body), body),
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (1, b"", b"")


def test_a_document_that_is_opened_twice(tmp_path: Path) -> None:
    with editor(tmp_path) as client:
        for _ in range(10):
            client.open(tmp_path / "a.ts", f"t = '{token()}'")
        uri = client.open(tmp_path / "a.ts", "a = 1")
        client.quiet(1.0)
        told = [each["params"] for each in client.received if each.get("method") == "textDocument/publishDiagnostics"]
        assert told[-1]["uri"] == uri
        assert told[-1]["diagnostics"] == []


def test_an_editor_that_reads_nothing_and_goes_away(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [COMMAND, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    body = (
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"processId":null,"rootUri":null}}'
    )
    process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    process.stdin.close()
    assert process.wait(PATIENCE) == 1
    assert process.stderr.read() == b""
    process.stderr.close()


def test_ctrl_c_ends_the_server(tmp_path: Path) -> None:
    process = subprocess.Popen(
        interruptible(COMMAND, "lsp"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    body = (
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"processId":null,"rootUri":null}}'
    )
    process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    process.stdin.flush()
    assert process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert process.stderr.read() == b"interrupted\n"
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()


def test_exit_without_shutdown_has_the_code_that_the_protocol_asks_for(tmp_path: Path) -> None:
    with editor(tmp_path) as client:
        client.notify("exit", None)
        assert client.process.wait(PATIENCE) == 1


def test_a_person_who_starts_it_is_told_who_should(tmp_path: Path) -> None:
    main, other = os.openpty()
    process = subprocess.Popen(
        interruptible(COMMAND, "lsp"), stdin=other, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert b"waits for an editor" in process.stderr.readline()
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    for pipe in (process.stdout, process.stderr):
        pipe.close()
    os.close(main)
    os.close(other)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_a_mistake(closed: str, tmp_path: Path) -> None:
    line = f'exec "{COMMAND}" lsp </dev/null {closed}'
    run = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=environment(), check=False)
    assert run.returncode == 2
    assert run.stdout == ""
    assert "one of them is closed" in run.stderr or closed == "2>&-"


def test_a_missing_extra_is_one_line_with_the_way_out(tmp_path: Path) -> None:
    write(tmp_path, {"sitecustomize.py": "import sys\nsys.modules['pygls'] = None\n"})
    run = subprocess.run(
        [sys.executable, "-m", "frontleak", "lsp"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])),
        timeout=PATIENCE,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr == (
        "error: frontleak lsp needs a package that is not installed\n       pip install 'frontleak[lsp]'\n"
    )
