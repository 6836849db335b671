"""A HAR in the ZIP that Playwright writes, and on standard input: as installed."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.support import Run, installed
from tests.fakes.web_site import mapped
from tests.support.har import har_text, header, record
from tests.support.shipped import fake

TOKEN = fake("sanity-token")
SITE = "https://shop.example"


def scan(folder: Path, *arguments: str, stdin: bytes = b"") -> Run:
    done = installed("scan", "--isolated", "--format", "json", *arguments, cwd=folder, stdin=stdin)
    assert TOKEN not in done.out + done.err
    return done


def name_of(text: str, ending: str = ".js") -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() + ending


def write_zip(folder: Path, records: list[Any], bodies: dict[str, str], **more: str) -> Path:
    path = folder / "site.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**bodies, **more}.items():
            archive.writestr(name, text)
        archive.writestr("har.har", har_text(*records))
    return path


def attached(url: str, text: str, **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    name = name_of(text)
    return record(url, "", content={"_file": name, "text": ""}, **more), {name: text}


def test_a_zip_of_playwright_is_a_recording(tmp_path: Path) -> None:
    source = f'export const key = "{TOKEN}";\n'
    script, bodies = attached(f"{SITE}/a.js", f'k="{TOKEN}"\n//# sourceMappingURL=a.js.map')
    source_map, more = attached(f"{SITE}/a.js.map", mapped("src/key.ts", source))
    sent = record(f"{SITE}/b", "x", request={"headers": [header("Authorization", f"Bearer {TOKEN}")]})
    write_zip(tmp_path, [script, source_map, sent], bodies | more)
    done = scan(tmp_path, "site.zip")
    finding = done.json()["findings"][0]
    assert (done.code, finding["url"], finding["recording"]) == (1, f"{SITE}/a.js", "site.zip")
    assert finding["original"]["path"] == "src/key.ts"
    assert {each["exposure"] for each in finding["also_at"]} == {"served", "request"}
    assert not done.json()["skipped"]


def test_what_only_the_browser_sent_does_not_fail(tmp_path: Path) -> None:
    write_zip(tmp_path, [record(f"{SITE}/", "x", request={"headers": [header("Cookie", f"t={TOKEN}")]})], {})
    assert scan(tmp_path, "site.zip").code == 0


def test_a_zip_with_other_files_is_an_archive(tmp_path: Path) -> None:
    write_zip(tmp_path, [record(f"{SITE}/a.js", f'x="{TOKEN}"')], {}, **{"dist/app.js": f'y="{TOKEN}"'})
    report = scan(tmp_path, "site.zip").json()
    places = {each["path"] for finding in report["findings"] for each in (finding, *finding["also_at"])}
    assert places == {"site.zip!/dist/app.js", "site.zip!/har.har"}


def test_a_zip_in_a_folder_is_an_archive(tmp_path: Path) -> None:
    write_zip(tmp_path, [record(f"{SITE}/a.js", f'x="{TOKEN}"')], {})
    assert scan(tmp_path, ".").json()["findings"][0]["path"] == "site.zip!/har.har"


def test_a_body_that_is_missing_is_told(tmp_path: Path) -> None:
    script, bodies = attached(f"{SITE}/a.js", "x")
    write_zip(tmp_path, [script, record(f"{SITE}/b.js", f'x="{TOKEN}"')], {})
    done = scan(tmp_path, "site.zip", "--exit-zero")
    assert done.code == 3
    (skip,) = done.json()["skipped"]
    assert skip["reason"] == f"is in the file {next(iter(bodies))} next to its recording, which is not in it"


def test_a_damaged_zip_is_told(tmp_path: Path) -> None:
    script, bodies = attached(f"{SITE}/a.js", "x" * 5000)
    path = write_zip(tmp_path, [script], bodies)
    data = bytearray(path.read_bytes())
    for at in range(60, 80):
        data[at] ^= 0xFF
    path.write_bytes(data)
    assert scan(tmp_path, "site.zip").code == 3
    path.write_bytes(data[: len(data) // 2])
    assert scan(tmp_path, "site.zip").code == 3


def test_a_bomb_in_a_zip(tmp_path: Path) -> None:
    script, bodies = attached(f"{SITE}/a.js", "x" * 3_000_000)
    write_zip(tmp_path, [script, record(f"{SITE}/b.js", f'x="{TOKEN}"')], bodies)
    done = scan(tmp_path, "site.zip", "--max-file-size", "1000000")
    assert done.code == 1
    (skip,) = done.json()["skipped"]
    assert "over --max-file-size" in skip["reason"]


def test_standard_input(tmp_path: Path) -> None:
    source = f'export const key = "{TOKEN}";\n'
    text = har_text(
        record(f"{SITE}/a.js", f'k="{TOKEN}"'),
        record(f"{SITE}/a.js.map", mapped("src/key.ts", source), "application/json"),
        record(f"{SITE}/b", "x", request={"headers": [header("Cookie", f"t={TOKEN}")]}),
    )
    done = scan(tmp_path, "-", stdin=b"\xef\xbb\xbf" + text.encode())
    finding = done.json()["findings"][0]
    assert (done.code, finding["url"], finding["recording"]) == (1, f"{SITE}/a.js", "<stdin>")
    assert finding["original"]["path"] == "src/key.ts"
    assert done.json()["coverage"]["bytes"] == {"text": len(text.encode())}
    only_sent = har_text(record(f"{SITE}/b", "x", request={"headers": [header("Cookie", f"t={TOKEN}")]}))
    assert scan(tmp_path, "-", stdin=only_sent.encode()).code == 0


def test_standard_input_that_is_cut_off(tmp_path: Path) -> None:
    text = har_text(record(f"{SITE}/a.js", f'x="{TOKEN}"'), record(f"{SITE}/b.js", "x" * 100))
    done = scan(tmp_path, "-", "--exit-zero", stdin=text[: text.index("xxxx") + 10].encode())
    assert done.code == 3
    assert [each["path"] for each in done.json()["findings"]] == [f"{SITE}/a.js"]


def test_standard_input_reads_no_file(tmp_path: Path) -> None:
    script, bodies = attached(f"{SITE}/a.js", f'x="{TOKEN}"')
    for name, text in bodies.items():
        (tmp_path / name).write_text(text)
    done = scan(tmp_path, "-", stdin=har_text(script).encode())
    assert done.code == 3
    assert not done.json()["findings"]
    assert "is not part of standard input: name the HAR instead" in done.json()["skipped"][0]["reason"]


@pytest.mark.parametrize("text", ["{}", '{"log": 1}', 'x="log"', json.dumps({"log": {"entries": 1}})])
def test_other_json_on_standard_input_is_text(tmp_path: Path, text: str) -> None:
    done = scan(tmp_path, "-", stdin=f'{text}\nx="{TOKEN}"'.encode())
    assert done.code in {1, 3}


def test_an_empty_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "site.zip", "w"):
        pass
    assert scan(tmp_path, "site.zip").code in {0, 3}
    (tmp_path / "site.zip").write_bytes(io.BytesIO(b"PK").getvalue())
    assert scan(tmp_path, "site.zip").code in {0, 3}
