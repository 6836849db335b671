"""`frontleak scan --url-manifest`, as installed: saved responses, shown and joined by their URLs."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import COMMAND, repository
from tests.support.shipped import fake

TOKEN = fake("sanity-token")
SITE = "https://shop.example"


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [COMMAND, "scan", "--isolated", "--format", "json", "--url-manifest", "saved/urls.jsonl", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, encoding="utf-8")


def saved(folder: Path, files: dict[str, tuple[str, str]], *lines: str) -> None:
    """Write files: name -> (URL, text), and a manifest with some lines more."""
    top = folder / "saved"
    top.mkdir(exist_ok=True)
    for name, (_, text) in files.items():
        (top / name).write_text(text, "utf-8")
    rows = [json.dumps({"path": name, "url": url, "status": 200}) for name, (url, _) in files.items()]
    (top / "urls.jsonl").write_text("\n".join([*rows, "", *lines]), "utf-8")


def scan(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = run(folder, *(arguments or ("saved",)))
    assert done.stdout, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def test_files_have_their_urls_and_others_their_paths(tmp_path: Path) -> None:
    saved(tmp_path, {"a.html": (f"{SITE}/about?x=longvalue", f'<script>x="{TOKEN}"</script>')})
    (tmp_path / "saved" / "other.js").write_text(f'x="{TOKEN}"')
    code, report = scan(tmp_path)
    assert code == 1
    (finding,) = report["findings"]
    places = {each["path"]: each for each in (finding, *finding["also_at"])}
    assert set(places) == {f"{SITE}/about?x=…", "saved/other.js"}
    place = places[f"{SITE}/about?x=…"]
    assert (place["recording"], place["record"], place["exposure"]) == ("saved/a.html", 0, "served")


def test_a_saved_response_in_a_source_tree_is_served(tmp_path: Path) -> None:
    repository(tmp_path)
    saved(tmp_path, {"a.js": (f"{SITE}/a.js", f'x="{TOKEN}" // frontleak: ignore[sanity-token] no')})
    code, report = scan(tmp_path)
    assert (code, report["findings"][0]["exposure"]) == (1, "served")


def test_a_map_is_found_by_its_url(tmp_path: Path) -> None:
    content = f'export const key = "{TOKEN}";\n'
    mapped = {"version": 3, "sources": ["../src/key.ts"], "sourcesContent": [content], "mappings": "AAAA", "names": []}
    script = f'const k="{TOKEN}"\n//# sourceMappingURL=../maps/app.js.map'
    files = {"1.bin": (f"{SITE}/a/app.js", script), "2.bin": (f"{SITE}/maps/app.js.map", json.dumps(mapped))}
    saved(tmp_path, files)
    _, report = scan(tmp_path)
    tokens = [each for each in report["findings"] if each["rule"] == "sanity-token"]
    assert [each["original"]["path"] for each in tokens] == ["src/key.ts"]
    assert not report["skipped"]


def test_no_file_outside_the_scanned_folder_is_a_map(tmp_path: Path) -> None:
    (tmp_path / "outside.map").write_text("{}")
    row = json.dumps({"path": "../outside.map", "url": f"{SITE}/a.js.map"})
    saved(tmp_path, {"a.js": (f"{SITE}/a.js", f'k="{TOKEN}"\n//# sourceMappingURL=a.js.map')}, row)
    _, report = scan(tmp_path)
    reasons = sorted(each["reason"] for each in report["skipped"])
    assert reasons == [
        "its source map a.js.map is not among the responses",
        "lists 1 file not scanned, such as outside.map",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "saved/urls.jsonl:3: is not JSON with `path` and `url`"),
        ('{"path": "a.js"}', "saved/urls.jsonl:3: is not JSON with `path` and `url`"),
        ('{"path": 1, "url": "https://a.example/"}', "saved/urls.jsonl:3: is not JSON with `path` and `url`"),
        (
            '{"path": "a\\ud800.js", "url": "https://a.example/"}',
            "saved/urls.jsonl:3: is not JSON with `path` and `url`",
        ),
        ('{"path": "a.js", "url": "/a.js"}', "saved/urls.jsonl:3: `url` is not a whole URL"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    saved(tmp_path, {"a.js": (f"{SITE}/a.js", "x")}, line)
    done = run(tmp_path, "saved")
    assert done.returncode == 2
    assert told in done.stderr
    assert '{"path": "host/app.js"' in done.stderr


def test_saved_responses_are_no_blobs_of_git(tmp_path: Path) -> None:
    repository(tmp_path)
    saved(tmp_path, {"a.js": (f"{SITE}/a.js", "x")})
    done = run(tmp_path, "--staged")
    assert (done.returncode, "cannot be combined" in done.stderr) == (2, True)


def test_a_file_that_is_not_read_has_its_url(tmp_path: Path) -> None:
    saved(tmp_path, {"a.js": (f"{SITE}/a.js", "x" * 500), "b.js": (f"{SITE}/b.js", "1")})
    _, report = scan(tmp_path, "saved", "--max-file-size", "400")
    (skipped,) = report["skipped"]
    assert (skipped["path"], skipped["recording"]) == (f"{SITE}/a.js", "saved/a.js")
    assert "over --max-file-size" in skipped["reason"]
