"""Damaged sources: the analysis never fails, places are inside their files, and no token is invented.

One example is a project of fixtures/sources with one file truncated, garbled, or in another encoding.
"""

import functools
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.fakes import fill
from frontleak.core.detection import Detection
from frontleak.core.line_index import utf16_length
from frontleak.files.utf8_text import text_of
from frontleak.js.embedded_scripts import embedded_scripts
from frontleak.js.scopes import parse_module
from frontleak.misuse.analyse import CodeResult
from tests.support.code import analysed
from tests.support.paths import ROOT

SOURCES: Final = ROOT / "fixtures" / "sources"
FOLDERS: Final = sorted(
    [*SOURCES.glob("*/misuse"), *SOURCES.glob("*/correct"), *(SOURCES / "templates").iterdir()], key=str
)
NO_SOURCE: Final = {".png", ".ico", ".svg", ".md", ".css", ".lock"}
SECRET_WORD: Final = re.compile(
    rb"sk(?=[A-Za-z0-9]{40})|authorization|token|secret|passw(?:or)?d|passphrase|credentials?|(?<=[A-Za-z_])key",
    re.IGNORECASE,
)
ABOUT_TOKENS: Final = {
    *("sanity-token-in-client-code", "sanity-token-to-browser", "public-env-secret", "astro-sanity-token-in-client"),
    *("sanity-browser-token-warning-ignored", "nuxt-sanity-token-public", "angular-environment-secret"),
    *("expo-config-publishes-secret", "gatsby-config-publishes-secret", "next-config-publishes-secret"),
    *("nuxt-config-publishes-secret", "vite-config-publishes-secret", "webpack-publishes-secret"),
}
"""Rules that identify a token by its name; the others cover writes, and publishing of the whole environment."""
MARKS: Final = (
    *(b"'", b'"', b"`", b"${", b"}", b"{", b"(", b")", b"[", b"]", b"<", b">", b"/*", b"*/", b"//", b"\\", b";", b","),
    *(
        b"=>",
        b"...",
        b"?.",
        b"!",
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x94\x91",
        b"\r",
        b"\n",
        b"\xe2\x80\xa8",
    ),
    *(
        b"---\n",
        b"<script>",
        b"</script>",
        b"import ",
        b"export * from ",
        b"'use client'\n",
        b"'use server'\n",
        b"await ",
    ),
)

seeds = st.integers(0, 1 << 32)


@functools.cache
def project(folder: Path) -> Mapping[str, bytes]:
    """Return the files of a project with placeholders filled in."""
    return {
        path.relative_to(folder).as_posix(): fill(path.read_text("utf-8")).encode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in NO_SOURCE
    }


@functools.cache
def harmless(folder: Path) -> Mapping[str, bytes]:
    """Return the same files without secret-like names and tokens."""
    return {path: SECRET_WORD.sub(b"x", data) for path, data in project(folder).items()}


def mutated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Return a truncated file, or one with one to four mutations, some with a piece of another file."""
    found = bytearray(data)
    if not rng.randrange(4):
        return bytes(found[: rng.randrange(len(found) + 1)])
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(found) + 1)
        length = rng.choice((1, 1, 3, 12, 80, 400))
        match rng.randrange(7):
            case 0:
                del found[at : at + length]
            case 1:
                found[at : at + 1] = bytes((rng.randrange(256),))
            case 2:
                found[at:at] = found[at : at + length] * rng.choice((1, 1, 2, 50))
            case 3:
                start = rng.randrange(len(other) + 1)
                found[at:at] = other[start : start + length]
            case 4:
                found[at : at + rng.choice((0, 0, 1, 8))] = rng.choice(MARKS)
            case 5:
                found = bytearray(found.replace(b"\n", rng.choice((b"\r\n", b"\r", b" ", b"\n\n"))))
            case _:
                found = bytearray(rng.choice((bytes(found) * 2, b"\xef\xbb\xbf" + found, bytes(found).swapcase())))
    return bytes(found) if rng.randrange(30) else bytes(found).decode("utf-8", "replace").encode("utf-16")


def one_mutated(rng: random.Random, projects: Mapping[Path, Mapping[str, bytes]]) -> dict[str, bytes]:
    """Return a project with one mutated file."""
    files = dict(projects[rng.choice(FOLDERS)])
    path = rng.choice(sorted(files))
    donor = projects[rng.choice(FOLDERS)]
    files[path] = mutated(rng, files[path], donor[rng.choice(sorted(donor))])
    return files


def secrets(result: CodeResult) -> list[Detection]:
    """Return the findings based on a secret's name or place, without those about whole environments."""
    return [
        finding
        for finding in result.detections
        if finding.rule_id in ABOUT_TOKENS and "every environment variable" not in finding.shipped
    ]


def check(files: Mapping[str, bytes], result: CodeResult) -> None:
    """Check that each place is in its file and that its line and column are right."""
    for finding in result.detections:
        place = finding.place
        data = text_of(files[place.origin.path])
        assert 0 <= place.offset <= place.offset + place.length <= len(data)
        assert place.length, finding.rule_id
        assert (place.line, place.column) == line_and_column(data, place.offset)
        assert (place.end_line, place.end_column) == line_and_column(data, place.offset + place.length)
        assert all(
            len(text) <= 100 and text.isprintable() for text in (finding.snippet, *finding.context.get("name", ()))
        )
        for link in finding.import_path:
            assert 1 <= link.line <= files[link.origin.path].count(b"\n") + 1
            assert link.text.isprintable()
    for skip in result.diagnostics:
        assert skip.origin.path in files
        assert skip.message.isprintable()


def line_and_column(data: bytes, offset: int) -> tuple[int, int]:
    """Compute line and column by counting."""
    before = data[:offset]
    last = before[before.rfind(b"\n") + 1 :]
    return before.count(b"\n") + 1, utf16_length(last.decode("utf-8", "surrogateescape")) + 1


PROJECTS: Final = {folder: project(folder) for folder in FOLDERS}


def test_the_projects_hold_every_kind_of_file() -> None:
    """The properties below are not vacuous: these files are analysed."""
    endings = {path.rpartition(".")[2] for files in PROJECTS.values() for path in files}
    assert endings >= {"ts", "tsx", "js", "mjs", "jsx", "vue", "svelte", "astro", "html", "json"}
    assert {path.rpartition("/")[2] for files in PROJECTS.values() for path in files} >= {
        "tsconfig.json",
        "package.json",
    }
    rng = random.Random(0)
    found = [analysed(one_mutated(rng, PROJECTS)) for _ in range(40)]
    assert sum(bool(result.detections) for result in found) > 10
    assert sum(bool(result.damaged) for result in found) > 3


@settings(max_examples=90)
@given(seeds)
def test_a_mutated_file_breaks_nothing_and_places_lie_in_their_files(seed: int) -> None:
    files = one_mutated(random.Random(seed), PROJECTS)
    check(files, analysed(files))


@settings(max_examples=50)
@given(seeds)
def test_a_mutated_file_without_a_secret_holds_none(seed: int) -> None:
    files = one_mutated(random.Random(seed), {folder: harmless(folder) for folder in FOLDERS})
    assert secrets(analysed(files)) == []


@settings(max_examples=40)
@given(seeds)
def test_a_file_cut_off_anywhere_is_read_up_to_there(seed: int) -> None:
    """Names are bound at their position, and every scope ends in the file."""
    rng = random.Random(seed)
    folder = rng.choice(FOLDERS)
    path = rng.choice(sorted(path for path in project(folder) if path.endswith((".ts", ".tsx", ".js", ".vue"))))
    whole = project(folder)[path]
    part = whole[: rng.randrange(len(whole) + 1)]
    for script in embedded_scripts(path, part):
        module = parse_module(path, script)
        assert module is not None
        assert module.root.end_byte <= len(part)
        for scope in module.scopes:
            assert 0 <= scope.start <= scope.end <= len(part)
            for name, declaration in scope.names.items():
                start, end = declaration.place
                assert not end or part[start:end].decode("utf-8", "replace") == name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(SOURCES)))
def test_without_a_name_of_a_secret_nothing_is_a_secret(folder: Path) -> None:
    assert secrets(analysed(harmless(folder))) == []
