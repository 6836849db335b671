"""Secrets in the text of a document: nothing in ordinary code, the right columns, nothing that is stale."""

import json
from pathlib import Path

import pytest

from tests.acceptance.support import installed, token, write
from tests.cli.lsp.client import EDITOR, editor
from tests.support.code import package

ORDINARY = """\
import { createClient } from '@sanity/client'
// 😀 an ordinary module
export const client = createClient({ projectId: 'a1b2c3d4', dataset: 'production', useCdn: true })
export const sum = (a: number, b: number) => a + b
"""


def test_ordinary_code_gives_none(tmp_path: Path) -> None:
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "a.ts", ORDINARY)
        assert client.diagnostics(uri) == []
        assert client.diagnostics(uri, client.change(uri, ORDINARY + "// a\n")) == []
        assert client.hover(uri, 0, 3) == ""
        assert client.actions(uri, {"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}}) == []
        assert client.logs() == []


@pytest.mark.parametrize(
    ("encoding", "column"), [("utf-16", 2), ("utf-8", 4), ("utf-32", 1)], ids=["utf-16", "utf-8", "utf-32"]
)
def test_columns_count_the_units_that_were_agreed_on(encoding: str, column: int, tmp_path: Path) -> None:
    secret = token()
    capabilities = {**EDITOR, "general": {"positionEncodings": [encoding]}}
    with editor(tmp_path, capabilities=capabilities) as client:
        assert client.server["positionEncoding"] == encoding
        uri = client.open(tmp_path / "a.ts", f"// é\u2028\nconst a = '😀', t = '{secret}'\n")
        (found,) = client.diagnostics(uri)
        start = len("const a = '") + column + len("', t = '")
        assert found["range"] == {
            "start": {"line": 1, "character": start},
            "end": {"line": 1, "character": start + len(secret)},
        }


def test_an_editor_that_agrees_on_nothing_counts_in_utf_16(tmp_path: Path) -> None:
    with editor(tmp_path, capabilities={}) as client:
        assert client.server["positionEncoding"] == "utf-16"
        uri = client.open(tmp_path / "a.ts", f"/*😀😀*/t = '{token()}'")
        (found,) = client.diagnostics(uri)
        assert found["range"]["start"]["character"] == len("/*xxxx*/t = '")


def test_an_edit_beside_a_separator_that_is_no_line_end(tmp_path: Path) -> None:
    """Python ends lines at U+2028, form feeds and more; the protocol does not."""
    secret = token()
    text = f"a = '\u2028\x0c\x85'\r\nb = 1\rt = '{secret}'\n"
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "a.ts", text)
        (found,) = client.diagnostics(uri)
        assert found["range"]["start"] == {"line": 2, "character": 5}
        version = client.change(uri, "x", (2, 5, 2, 5 + len(secret)))
        assert client.diagnostics(uri, version) == []
        version = client.change(uri, secret, (2, 5, 2, 6))
        assert client.diagnostics(uri, version)[0]["range"] == found["range"]


def test_a_diagnostic_says_what_why_and_where_to_read_on(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": package("next")})
    secret = token()
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "a.ts", f"export const t = '{secret}'\n")
        (found,) = client.diagnostics(uri)
        assert found["code"] == "sanity-token"
        assert found["source"] == "frontleak"
        assert found["severity"] == 1
        assert found["codeDescription"]["href"].endswith("/rules/#sanity-token")
        hover = client.hover(uri, 0, 30)
        for part in ("**Why.**", "**Fix.**", "frontleak explain sanity-token", found["codeDescription"]["href"]):
            assert part in hover
        assert client.hover(uri, 0, 3) == ""
        everything = json.dumps(client.received)
        assert secret[8:20] not in everything
        assert secret[:4] in found["message"]
    (tmp_path / "a.ts").write_text(f"export const t = '{secret}'\n")
    report = installed("scan", "--format", "json", "--jobs", "1", cwd=tmp_path).json()
    assert found["data"]["fingerprint"] in {each["fingerprint"] for each in report["findings"]}


def test_a_result_of_an_older_text_is_never_told(tmp_path: Path) -> None:
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "a.ts", ORDINARY)
        client.diagnostics(uri)
        for number in range(40):  # each overtakes the one before it
            text = f"t = '{token(str(number))}'\n" if number % 2 else ORDINARY
            client.change(uri, text)
        version = client.change(uri, "a = 1\n")
        assert client.diagnostics(uri, version) == []
        told = [each["params"] for each in client.received if each.get("method") == "textDocument/publishDiagnostics"]
        assert all(not each["diagnostics"] for each in told)
        late = [each for each in client.quiet(0.5) if each.get("method") == "textDocument/publishDiagnostics"]
        assert all(not each["params"]["diagnostics"] for each in late)


def test_closing_takes_the_diagnostics_away(tmp_path: Path) -> None:
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "a.ts", f"t = '{token()}'")
        assert client.diagnostics(uri)
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert client.diagnostics(uri, 0) == []


def test_what_a_team_accepts_is_accepted(tmp_path: Path) -> None:
    first, second, third = token("1"), token("2"), token("3")
    files = {
        "comment.ts": f"t = '{first}' // frontleak: ignore[sanity-token] a demo\n",
        "baseline.ts": f"t = '{second}'\n",
        "ignored.ts": f"t = '{third}'\n",
        "excluded/a.ts": f"t = '{third}'\n",
        "package.json": package("next"),
        ".frontleak.yaml": "exclude: [excluded/]\n",
    }
    write(tmp_path, files)
    installed("baseline", "create", "baseline.ts", cwd=tmp_path)
    report = installed("scan", "--format", "json", "ignored.ts", cwd=tmp_path).json()
    installed("ignore", report["findings"][0]["fingerprint"], "--reason", "a demo", cwd=tmp_path)
    with editor(tmp_path) as client:
        for name in ("comment.ts", "baseline.ts", "ignored.ts", "excluded/a.ts"):
            uri = client.open(tmp_path / name, files[name])
            assert client.diagnostics(uri) == [], name
        uri = client.open(tmp_path / "new.ts", f"t = '{second}'\n")
        assert len(client.diagnostics(uri)) == 1


def test_files_that_git_ignores_count_as_in_a_scan(tmp_path: Path) -> None:
    secret = token()
    files = {
        ".gitignore": ".env\nbuild-tools/\ndist/\n",
        "package.json": package("next"),
        ".env": f"SANITY_TOKEN={secret}\n",
        "build-tools/a.js": f"t = '{secret}'\n",
        "dist/app.js": f"t = '{secret}'\n",
        "node_modules/x/a.js": f"t = '{secret}'\n",
    }
    write(tmp_path, files)
    (tmp_path / ".git").mkdir()
    with editor(tmp_path) as client:
        expected = {".env": 0, "build-tools/a.js": 0, "node_modules/x/a.js": 0, "dist/app.js": 1}
        for name, count in expected.items():
            uri = client.open(tmp_path / name, files[name])
            assert len(client.diagnostics(uri)) == count, name
        uri = client.open(tmp_path / ".env", f"NEXT_PUBLIC_SANITY_TOKEN={secret}\n")
        assert len(client.diagnostics(uri)) == 1


def test_folders_outside_files_and_untitled_documents(tmp_path: Path) -> None:
    secret, first, second = token(), tmp_path / "first", tmp_path / "second"
    write(first, {"package.json": package("next"), ".frontleak.yaml": "ignore: [sanity-token]\n"})
    write(second, {"package.json": package("next")})
    write(tmp_path, {"outside/a.ts": "x"})
    text = f"t = '{secret}'\n"
    with editor(first, second) as client:
        assert client.diagnostics(client.open(first / "a.ts", text)) == []
        assert len(client.diagnostics(client.open(second / "a.ts", text))) == 1
        assert len(client.diagnostics(client.open(tmp_path / "outside" / "a.ts", text))) == 1
        client.open("git:/a.ts?HEAD", text)
        params = {"event": {"added": [], "removed": [{"uri": second.as_uri(), "name": "second"}]}}
        client.notify("workspace/didChangeWorkspaceFolders", params)
        uri = client.open(second / "b.ts", text)
        assert len(client.diagnostics(uri)) == 1
        gone = first / "gone"
        assert client.diagnostics(client.open(gone / "a.ts", text)) == []
    with editor(second) as client:
        assert len(client.diagnostics(client.open("untitled:Untitled-1", text))) == 1
        assert "git:" not in json.dumps(client.received)
    (tmp_path / "tmp").mkdir()  # in the usual one is the cache, so it would not be used
    with editor(env={"TMPDIR": str(tmp_path / "tmp")}) as client:
        assert len(client.diagnostics(client.open("untitled:Untitled-1", text))) == 1


def test_a_folder_that_is_a_link(tmp_path: Path) -> None:
    files = {"src/a.ts": f"t = '{token('1')}'\n", "src/b.ts": f"t = '{token('2')}'\n", "package.json": package("next")}
    write(tmp_path / "app", files)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "app")
    installed("baseline", "create", "src/a.ts", cwd=tmp_path / "app")
    with editor(link) as client:
        assert client.diagnostics(client.open(link / "src" / "a.ts", files["src/a.ts"])) == []
        (found,) = client.diagnostics(client.open(link / "src" / "b.ts", files["src/b.ts"]))
    report = installed("scan", "--format", "json", "--jobs", "1", cwd=tmp_path / "app").json()
    assert found["data"]["fingerprint"] == report["findings"][0]["fingerprint"]


def test_settings_are_read_again_when_they_change(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": package("next")})
    text = f"t = '{token()}'\n"
    with editor(tmp_path) as client:
        registered = client.wait(lambda message: message.get("method") == "client/registerCapability")
        assert ".frontleak.yaml" in json.dumps(registered)
        uri = client.open(tmp_path / "a.ts", text)
        assert len(client.diagnostics(uri)) == 1
        config = tmp_path / ".frontleak.yaml"
        config.write_text("ignore: [sanity-token]\n")
        changed = {"changes": [{"uri": config.as_uri(), "type": 1}]}
        client.notify("workspace/didChangeWatchedFiles", changed)
        assert client.diagnostics(uri) == []
        config.write_text("ignores: [sanity-token]\n")
        client.notify("workspace/didChangeWatchedFiles", changed)
        shown = client.wait(lambda message: message.get("method") == "window/showMessage")
        assert ".frontleak.yaml:1" in shown["params"]["message"]
        assert "ignores" in shown["params"]["message"]
        client.change(uri, text + "\n")
        assert client.diagnostics(uri) == []
        config.unlink()
        assert len(client.diagnostics(uri, client.change(uri, text))) == 1  # also where nobody watches files


def test_a_document_of_five_megabytes(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": package("next")})
    line = "export const value = compute(1, 2, 3) // é\n"
    text = line * (5_000_000 // len(line.encode()) + 1)
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "large.ts", text)
        assert client.diagnostics(uri) == []
        last = text.count("\n")
        version = client.change(uri, f"t = '{token()}'", (last, 0, last, 0))
        (found,) = client.diagnostics(uri, version)
        assert found["range"]["start"] == {"line": last, "character": 5}
        assert client.logs() == []


def test_a_document_over_the_cap_is_named_in_the_log(tmp_path: Path) -> None:
    write(tmp_path, {".frontleak.yaml": "max-file-size: 1000\n", "package.json": package("next")})
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "large.ts", f"t = '{token()}'\n" + "a = 1\n" * 300)
        assert client.diagnostics(uri) == []
        assert client.logs() == ["frontleak: " + f"{tmp_path}/large.ts: not scanned: over 1,000 bytes"]


def test_a_document_of_many_secrets_shows_the_worst(tmp_path: Path) -> None:
    """What is made for each is bounded: 5,000 findings of 50 secrets are 500,000 pairs of places."""
    write(tmp_path, {"package.json": package("next")})
    secrets = [token(str(number)) for number in range(50)]
    text = "".join(f"t{number} = '{secrets[number % 50]}'; // é\n" for number in range(2_000))
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "many.ts", text)
        found = client.diagnostics(uri)
        assert len(found) == 500
        assert all(len(each["relatedInformation"]) == 10 for each in found)
        assert client.logs() == [f"frontleak: {tmp_path}/many.ts: 2,000 findings; the worst 500 are shown"]
        client.open(
            tmp_path / "more.ts", "".join(f"t{number} = '{secrets[number % 50]}'\n" for number in range(10_100))
        )
        client.wait(lambda message: "more than 10000 findings" in json.dumps(message))
        everywhere = {"start": {"line": 0, "character": 0}, "end": {"line": 2_000, "character": 0}}
        assert 0 < len(client.actions(uri, everywhere)) <= 15
