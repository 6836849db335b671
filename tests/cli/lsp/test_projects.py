"""Import chains and misuse: what a scan of the project says about a document, after a save."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.acceptance.support import installed, token, write
from tests.cli.lsp.client import Client, editor
from tests.support.code import package

APP = {
    "package.json": package("next", "@sanity/client"),
    "app/page.tsx": "import { Like } from './like'\nexport default () => <Like />\n",
    "app/like.tsx": "'use client'\nimport { client } from '../lib/sanity'\n"
    "export const Like = () => <button onClick={() => client.patch('a').inc({ n: 1 }).commit()}>+</button>\n",
    "lib/sanity.ts": "import { createClient } from '@sanity/client'\n\n"
    "export const client = createClient({ projectId: 'a1b2c3d4', dataset: 'production', useCdn: false,\n"
    "  token: process.env.NEXT_PUBLIC_SANITY_TOKEN })\n",
}
"""A write token that reaches the browser through two imports."""


def misuse(client: Client, uri: str) -> list[dict[str, object]]:
    """Return the next diagnostics that are not empty."""
    while not (found := client.diagnostics(uri)):
        pass
    return found


def test_ordinary_code_gives_none(tmp_path: Path) -> None:
    safe = {**APP, "lib/sanity.ts": APP["lib/sanity.ts"].replace("token: process.env.NEXT_PUBLIC_SANITY_TOKEN", "")}
    safe["app/like.tsx"] = "'use client'\nexport const Like = () => <button>+</button>\n"
    write(tmp_path, safe)
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", safe["lib/sanity.ts"])
        assert client.diagnostics(uri) == []
        client.save(uri)
        assert client.diagnostics(uri) == []
        assert client.logs() == []


def test_a_save_shows_what_a_scan_of_the_project_says(tmp_path: Path) -> None:
    write(tmp_path, APP)
    report = installed("scan", "--format", "json", "--jobs", "1", cwd=tmp_path).json()
    expected = sorted(
        (each["rule"], each["line"], each["column"], each["fingerprint"])
        for each in report["findings"]
        if each["path"] == "lib/sanity.ts"
    )
    assert expected
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", APP["lib/sanity.ts"])
        other = client.open(tmp_path / "app" / "like.tsx", APP["app/like.tsx"])
        found = misuse(client, uri)
        told = sorted(
            (
                each["code"],
                each["range"]["start"]["line"] + 1,  # type: ignore[index]
                each["range"]["start"]["character"] + 1,  # type: ignore[index]
                each["data"]["fingerprint"],  # type: ignore[index]
            )
            for each in found
        )
        assert told == expected
        chained = next(each for each in found if each.get("relatedInformation"))
        hops = [each["location"]["uri"].rpartition("/")[2] for each in chained["relatedInformation"]]  # type: ignore[attr-defined]
        assert "like.tsx" in hops
        assert "'use client'" in json.dumps(chained)

        # an edit of another file that ends the chain: what is open is told so
        safe = "'use client'\nexport const Like = () => <button>+</button>\n"
        (tmp_path / "app" / "like.tsx").write_text(safe)
        version = client.change(other, safe)
        client.diagnostics(other, version)
        client.save(other)
        later = client.diagnostics(uri)
        assert "like.tsx" not in json.dumps(later)


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["cut by the editor", "sent by the editor"])
def test_a_file_with_a_byte_order_mark(mark: str, tmp_path: Path) -> None:
    text = APP["lib/sanity.ts"]
    write(tmp_path, {**APP, "lib/sanity.ts": f"\ufeff{text}"})
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", f"{mark}{text}")
        (found,) = misuse(client, uri)
        start = found["range"]["start"]  # type: ignore[index]
        assert text.splitlines()[start["line"]][start["character"] :].startswith("process.env.")


def test_a_variable_with_several_places_is_ignored_by_its_entry(tmp_path: Path) -> None:
    """A comment would silence one place of the finding, and the others would count."""
    write(tmp_path, {**APP, ".env": f"NEXT_PUBLIC_SANITY_TOKEN={token()}\n"})
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", APP["lib/sanity.ts"])
        (found,) = misuse(client, uri)
        assert ".env" in json.dumps(found["relatedInformation"])
        titles = [each["title"] for each in client.actions(uri, found["range"])]  # type: ignore[arg-type]
        assert [title for title in titles if "comment for" in title] == []
        assert any("entry in .frontleak.yaml" in title for title in titles)


def test_an_edit_takes_what_was_saved_away_and_an_undo_brings_it_back(tmp_path: Path) -> None:
    write(tmp_path, APP)
    text = APP["lib/sanity.ts"]
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", text)
        found = misuse(client, uri)
        assert client.diagnostics(uri, client.change(uri, f"// a\n{text}")) == []
        assert client.diagnostics(uri, client.change(uri, text)) == found
        # unsaved text is not what the scan read
        client.change(uri, f"// a\n{text}")
        client.save(uri)
        assert client.diagnostics(uri) == []


def test_a_newer_save_ends_the_scan_of_an_older_one(tmp_path: Path) -> None:
    write(tmp_path, {**APP, **{f"src/m{n}.ts": "export const a = process.env.TOKEN\n" for n in range(300)}})
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", APP["lib/sanity.ts"])
        for _ in range(5):
            client.save(uri)
            time.sleep(0.35)
            assert len(children(client)) <= 1
        assert misuse(client, uri)
        assert client.logs() == []
        client.quiet(0.2)
        assert children(client) == []


def test_the_server_survives_the_death_of_the_second_process(tmp_path: Path) -> None:
    write(tmp_path, {**APP, **{f"src/m{n}.ts": "export const a = process.env.TOKEN\n" for n in range(300)}})
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", APP["lib/sanity.ts"])
        end = time.monotonic() + 30
        while not (running := children(client)) and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(running[0], signal.SIGKILL)
        client.wait(lambda message: message.get("method") == "window/logMessage")
        (line,) = client.logs()
        assert "import chains were not checked" in line
        assert "ended with code -9" in line
        client.save(uri)
        assert misuse(client, uri)


def test_the_end_of_the_server_is_the_end_of_its_scans(tmp_path: Path) -> None:
    write(tmp_path, {**APP, **{f"src/m{n}.ts": "export const a = process.env.TOKEN\n" for n in range(300)}})
    with editor(tmp_path) as client:
        client.open(tmp_path / "lib" / "sanity.ts", APP["lib/sanity.ts"])
        end = time.monotonic() + 30
        while not (running := children(client)) and time.monotonic() < end:
            time.sleep(0.01)
        assert client.end() == 0
        assert not Path(f"/proc/{running[0]}").exists()


def test_nothing_in_the_folder_is_imported(tmp_path: Path) -> None:
    hostile = "import pathlib\npathlib.Path(__file__).with_name('RUN').touch()\n"
    write(
        tmp_path,
        {**APP, "click.py": hostile, "frontleak.py": hostile, "json.py": hostile, "regex/__init__.py": hostile},
    )
    with editor(tmp_path) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", APP["lib/sanity.ts"])
        assert misuse(client, uri)
    assert not list(tmp_path.rglob("RUN"))


def test_a_home_folder_is_not_scanned_as_a_project(tmp_path: Path) -> None:
    write(tmp_path, APP)
    with editor(tmp_path, env={"HOME": str(tmp_path)}) as client:
        uri = client.open(tmp_path / "lib" / "sanity.ts", APP["lib/sanity.ts"])
        assert client.diagnostics(uri) == []
        assert client.quiet(1.0) == []
        (line,) = client.logs()
        assert "open that of the project" in line


def children(client: Client) -> list[int]:
    """Return the ids of the processes that the server has started and that still run."""
    listed = Path(f"/proc/{client.process.pid}/task/{client.process.pid}/children").read_text()
    return [number for number in map(int, listed.split()) if ") Z " not in Path(f"/proc/{number}/stat").read_text()]
