"""Hostile files: each is read completely, with the right findings, without a crash."""

import json
import random
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import frontleak, installed, token, write
from tests.support.shipped import fake

END: Final = f"\n'{token('end')}'"
MEGABYTE: Final = 1_000_000


def noise(length: int, letters: bytes) -> bytes:
    """Return deterministic random bytes from some letters."""
    return bytes(random.Random("frontleak").choices(letters, k=length))


ALNUM: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

# Content before the secret at the end of the file.
BEFORE: Final[Mapping[str, Callable[[], bytes]]] = {
    "a megabyte of blanks": lambda: b" " * MEGABYTE,
    "a megabyte of tabs": lambda: b"\t" * MEGABYTE,
    "a megabyte of line ends": lambda: b"\n" * MEGABYTE,
    "a megabyte of carriage returns": lambda: b"\r" * MEGABYTE,
    "a megabyte of zeros": lambda: bytes(MEGABYTE),
    "a megabyte of one letter": lambda: b"a" * MEGABYTE,
    "a megabyte of quotes": lambda: b"\"'`" * (MEGABYTE // 3),
    "a megabyte of backslashes": lambda: b"\\" * MEGABYTE,
    "a megabyte of brackets": lambda: b"[{(" * (MEGABYTE // 3),
    "a megabyte of equals signs": lambda: b"=" * MEGABYTE,
    "a megabyte of dashes": lambda: b"-" * MEGABYTE,
    "a megabyte of percent escapes": lambda: b"%22" * (MEGABYTE // 3),
    "a megabyte of the beginning of a token": lambda: b"sk" * (MEGABYTE // 2),
    "a megabyte of beginnings of keys": lambda: b"sk_live_ AKIA ghp_ xoxb- SG. eyJ " * (MEGABYTE // 33),
    "a megabyte of the beginning of a private key": lambda: b"-----BEGIN PRIVATE KEY-----\\n" * (MEGABYTE // 29),
    "a megabyte of project ids": lambda: b'projectId:"abcd1234",dataset:"production",' * (MEGABYTE // 42),
    "a megabyte of keywords": lambda: b"sanity token secret key authToken createClient " * (MEGABYTE // 47),
    "a private key that does not end": lambda: b"-----BEGIN PRIVATE KEY-----\n" + noise(MEGABYTE, ALNUM),
    "three megabytes of letters and digits": lambda: noise(3 * MEGABYTE, ALNUM),
    "a megabyte of any bytes": lambda: noise(MEGABYTE, bytes(range(256))),
    "a megabyte of bytes that are no UTF-8": lambda: noise(MEGABYTE, bytes(range(128, 256))),
    "half a character": lambda: "🔑".encode()[:2],
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_a_secret_is_found_behind(tmp_path: Path, before: Callable[[], bytes]) -> None:
    write(tmp_path, {"a.js": before() + END.encode()})
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    report = done.json()
    assert [finding["rule"] for finding in report["findings"]] == ["sanity-token"]
    assert report["findings"][0]["column"] == 2
    assert report["skipped"] == []


def test_five_thousand_tokens_on_one_line(tmp_path: Path) -> None:
    tokens = [token(str(number)) for number in range(5000)]
    write(tmp_path, {"a.js": "x=[" + ",".join(f'"{each}"' for each in tokens) + "]"})
    done = installed("scan", "--format=json", "--reveal", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    report = done.json()
    assert [(finding["secret"], finding["line"], finding["column"]) for finding in report["findings"]] == [
        (each, 1, 5 + 183 * number) for number, each in enumerate(tokens)
    ]
    assert report["skipped"] == []


def test_one_token_five_thousand_times(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f'"{token()}",' * 5000})
    done = installed("scan", "--format=json", cwd=tmp_path)
    (finding,) = done.json()["findings"]
    assert len(finding["also_at"]) == 4999
    assert "and at 4994 more places" in installed("scan", cwd=tmp_path).out


def test_more_findings_than_a_report_can_hold_are_said_to_be_missing(tmp_path: Path) -> None:
    write(tmp_path, {"a.js": f'"{token()}",' * 10_001})
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert done.code == 1
    (skip,) = done.json()["skipped"]
    assert skip["incomplete"]
    assert skip["reason"].startswith("more than 10000 findings")


def test_twenty_megabytes_on_one_line(tmp_path: Path) -> None:
    code = b"function a(b,c){return b.map(d=>d.e+c).filter(Boolean)};"
    data = code * (20 * MEGABYTE // len(code))
    middle = len(data) // 2
    write(
        tmp_path,
        {"a.js": data[:middle] + f"'{token('middle')}'".encode() + data[middle:] + f"'{token('end')}'".encode()},
    )
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    columns = [finding["column"] for finding in done.json()["findings"]]
    assert columns == [middle + 2, len(data) + 182 + 2]
    assert all(len(finding["snippet"]) <= 100 for finding in done.json()["findings"])


@pytest.mark.parametrize("cut", [1, 20, 90, 179])
def test_a_token_that_is_cut_off_is_no_token(tmp_path: Path, cut: int) -> None:
    write(tmp_path, {"a.js": f"'{token()[:cut]}"})
    assert frontleak("scan", "--select=sanity-token", cwd=tmp_path).code == 0


@pytest.mark.parametrize("where", ["beginning", "end", "alone"])
def test_a_token_at_the_edge_of_a_file(tmp_path: Path, where: str) -> None:
    write(tmp_path, {"a.js": {"beginning": f"{token()} x", "end": f"x {token()}", "alone": token()}[where]})
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert done.places() == [("a.js", 1, 3 if where == "end" else 1)]


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.js", "const a = 1;" * 1000)


BROKEN: Final[Mapping[str, tuple[str, bytes]]] = {
    "a source map that is no JSON": ("a.js.map", b'{"version":3,"sources":["a"],"mappings":"AAAA'),
    "a source map that lies about its parts": (
        "a.js.map",
        b'{"version":3,"sources":5,"sourcesContent":{"a":[]},"mappings":7}',
    ),
    "a source map of lists in lists": ("a.js.map", b'{"version":3,"sourcesContent":' + b"[" * 100_000),
    "a source map with mappings that make no sense": (
        "a.js.map",
        b'{"version":3,"sources":["a"],"mappings":"' + b"!;,~" * 9999 + b'"}',
    ),
    "JSON of lists in lists": ("a.json", b"[" * 200_000),
    "HTML that does not end": (
        "a.html",
        b'<script id="__NEXT_DATA__" type="application/json">{"props":' + b"<" * 10_000,
    ),
    "a gzip file that is cut off": ("a.js.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xabV"),
    "a gzip file that is none": ("a.js.gz", b"\x1f\x8bnonsense"),
    "a brotli file that is none": ("a.js.br", b"\xfd\xfc\xfbnonsense"),
    "an archive that is cut off": ("a.zip", b"PK\x03\x04\x14\0\0\0\x08\0"),
    "an inline source map that is no base64": ("a.js", b"//# sourceMappingURL=data:application/json;base64,%%%"),
    "an inline source map that is no JSON": ("a.js", b"//# sourceMappingURL=data:application/json;base64,AAAA"),
}


@pytest.mark.parametrize(("name", "data"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_read_as_far_as_it_can_be_or_skipped_with_a_reason(
    tmp_path: Path, name: str, data: bytes
) -> None:
    write(tmp_path, {f"dist/{name}": data, "dist/b.js": f"'{token()}'"})
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert done.places() == [("dist/b.js", 1, 2)]
    assert all(skip["reason"] and skip["path"].startswith(f"dist/{name}") for skip in done.json()["skipped"])


@pytest.mark.parametrize(("name", "data"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_with_a_secret_in_it_still_shows_it(tmp_path: Path, name: str, data: bytes) -> None:
    if name.endswith((".gz", ".br", ".zip")):
        data += b"\n"
    write(tmp_path, {f"dist/{name}": data + END.encode()})
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert done.code in (1, 3)
    assert done.code == 1 or done.json()["skipped"]
    assert (done.code == 1) == (json.loads(done.stdout)["summary"]["findings"] > 0)


def test_secrets_of_several_vendors_that_touch_are_told_apart(tmp_path: Path) -> None:
    rules = ["github-token", "stripe-live-key", "sanity-token", "sendgrid-api-key"]
    write(tmp_path, {"a.js": ",".join(f'"{fake(rule)}"' for rule in rules) + "\n"})
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert {finding["rule"] for finding in done.json()["findings"]} == set(rules)


def test_folders_five_hundred_levels_deep(tmp_path: Path) -> None:
    deep = "d/" * 400 + "a.js"
    write(tmp_path, {deep: f"'{token()}'"})
    done = frontleak("scan", "--format=json", cwd=tmp_path)
    assert done.places() == [(deep, 1, 2)]
