"""A finding in generated code is mapped back to its source, as in real toolchain output; no map does harm."""

import base64
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, note
from frontleak.core.finding import Original
from frontleak.core.origins import FileOrigin, MemberOrigin, Origin
from frontleak.core.vocabulary import Exposure
from frontleak.scanning.blob import scan_blob
from frontleak.sourcemaps.apply import apply_source_maps
from frontleak.sourcemaps.find import load_map
from frontleak.triage.group import ONLY_IN_MAP, group
from tests.support.growth import assert_linear
from tests.support.made import secret_of
from tests.support.paths import FIXTURES
from tests.support.shipped import full_engine, full_set

sys.path.insert(0, str(FIXTURES))
fake_token: Final[Callable[..., str]] = import_module("fakes").fake_token
sys.path.remove(str(FIXTURES))

MISSING: Final = note(Code.SOURCE_MAP, FileOrigin(path="dist/app.js"), "its source map app.js.map is missing")
TOKEN: Final = fake_token("originals")
OTHER: Final = fake_token("originals-other")
SOURCE: Final = f"// one\nconst token = '{TOKEN}'\n"
CODE: Final = f'(()=>{{let t="{TOKEN}";fetch(t)}})();\n'
# the token's column maps to the second line of the first source
MAPPINGS: Final = "AAAA,OACc"


def map_of(*contents: str | None, mappings: str = MAPPINGS, **fields: Any) -> bytes:
    sources = [f"webpack://app/./src/{letter}.js" for letter in "abcdef"[: max(1, len(contents))]]
    content = list(contents) or None
    return json.dumps(
        {"version": 3, "sources": sources, "sourcesContent": content, "mappings": mappings} | fields
    ).encode()


def led(
    code: str | bytes, load: bytes | Diagnostic | None = None, origin: Origin | str = "dist/app.js", root: str = "/x"
) -> BlobResult:
    """Scan a text and map its findings back."""
    data = code if isinstance(code, bytes) else code.encode()
    where = FileOrigin(path=origin) if isinstance(origin, str) else origin
    blob = Blob(origin=where, data=data, exposure=Exposure.SERVED)
    return apply_source_maps(scan_blob(blob, full_engine()), blob, lambda _: load, root)


def originals(result: BlobResult) -> list[tuple[str, int, int] | None]:
    places = [finding.place.original for finding in result.detections]
    return [None if place is None else (place.path, place.line, place.column) for place in places]


# --- silent ----------------------------------------------------------------------------------------------------------


def test_a_file_without_findings_has_no_map_read() -> None:
    def load(_: str | None) -> bytes:
        raise AssertionError("asked for")

    blob = Blob(origin=FileOrigin(path="app.js"), data=b"a=1\n//# sourceMappingURL=app.js.map")
    result = scan_blob(blob, full_engine())
    assert apply_source_maps(result, blob, load) == result


@pytest.mark.parametrize("name", ["index.html", "a.json", "src/a.ts", "README", "a.map", "a.js.txt"])
def test_what_is_no_script_and_no_map_is_left_alone(name: str) -> None:
    result = led(CODE, map_of(SOURCE), name)
    assert originals(result) == [None]
    assert (result.diagnostics, result.map_found) == ((), None)


def test_a_script_that_promises_no_map_is_left_alone() -> None:
    result = led(CODE)
    assert originals(result) == [None]
    assert (result.diagnostics, result.map_found) == ((), None)


def test_a_member_of_an_archive_has_no_map_beside_it() -> None:
    origin = MemberOrigin(container=FileOrigin(path="dist.zip"), member="a/app.js")
    result = led(f"{CODE}//# sourceMappingURL=app.js.map", map_of(SOURCE), origin)
    assert originals(result) == [None]
    assert (result.diagnostics, result.map_found) == ((), None)


NO_USE: Final[Mapping[str, tuple[bytes | Diagnostic, str]]] = {
    "missing": (MISSING, "its source map app.js.map is missing"),
    "half": (map_of(SOURCE)[:-20], "its source map app.js.map is broken: it is not valid JSON at byte"),
    "another thing": (b"[]", "its source map app.js.map is broken: it is not a JSON object"),
    "mappings that are none": (map_of(mappings="!"), "its source map is broken: its mappings hold an invalid segment"),
}


@pytest.mark.parametrize(("text", "reason"), NO_USE.values(), ids=NO_USE)
def test_a_map_that_is_of_no_use_is_noted_once(text: bytes | Diagnostic, reason: str) -> None:
    result = led(f"{CODE}{CODE.replace(TOKEN, OTHER)}//# sourceMappingURL=app.js.map", text)
    assert originals(result) == [None, None]
    (skip,) = result.diagnostics
    assert skip.message.startswith(reason)
    assert not skip.incomplete
    assert result.map_found is False


# --- scripts ---------------------------------------------------------------------------------------------------------

LED: Final[Mapping[str, tuple[str, bytes, tuple[str, int, int]]]] = {
    "found in the source": (CODE, map_of(SOURCE), ("src/a.js", 2, 16)),
    "found in another source": (CODE, map_of("x", SOURCE), ("src/b.js", 2, 16)),
    "put in by the build": (CODE, map_of("const token = TOKEN"), ("src/a.js", 2, 15)),
    "no sources in the map": (CODE, map_of(), ("src/a.js", 2, 15)),
    "twice in the sources": (CODE, map_of(f"{SOURCE}{SOURCE}"), ("src/a.js", 2, 16)),
    "twice, and the mappings mean the second": (
        CODE,
        map_of(SOURCE, SOURCE, mappings="AAAA,OCEc"),
        ("src/b.js", 2, 16),
    ),
    "twice, and the mappings are silent": (CODE, map_of(SOURCE, SOURCE, mappings=""), ("src/a.js", 2, 16)),
    "after an emoji": (f"/*🔑*/{CODE}", map_of(mappings="AAAA,aACc"), ("src/a.js", 2, 15)),
}


@pytest.mark.parametrize(("code", "text", "expected"), LED.values(), ids=LED)
@pytest.mark.parametrize("name", ["dist/app.js", "dist/App.MJS", "a.cjs", "a.css"])
def test_a_script_is_led_home(code: str, text: bytes, expected: tuple[str, int, int], name: str) -> None:
    result = led(code, text, name)
    assert originals(result) == [expected]
    assert (result.diagnostics, result.map_found) == ((), True)


def test_a_compressed_script_is_led_home() -> None:
    origin = MemberOrigin(container=FileOrigin(path="dist/app.js.gz"), member="")
    assert originals(led(CODE, map_of(SOURCE), origin)) == [("src/a.js", 2, 16)]


def test_the_file_that_is_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.js").write_text(SOURCE)
    (finding,) = led(CODE, map_of(SOURCE), root=str(tmp_path)).detections
    assert finding.place.original == Original(path="src/a.js", line=2, column=16, exists=True)


def test_the_map_is_read_once() -> None:
    asked: list[str | None] = []

    def load(named: str | None) -> bytes:
        asked.append(named)
        return map_of(SOURCE)

    data = f"{CODE}{CODE.replace(TOKEN, OTHER)}//# sourceMappingURL=a%20b.map".encode()
    blob = Blob(origin=FileOrigin(path="app.js"), data=data)
    apply_source_maps(scan_blob(blob, full_engine()), blob, load)
    assert asked == ["a%20b.map"]


# --- maps ------------------------------------------------------------------------------------------------------------

IN_MAP: Final[Mapping[str, tuple[bytes, list[tuple[str, int, int] | None]]]] = {
    "once": (map_of("x", SOURCE), [("src/b.js", 2, 16)]),
    "in two sources": (map_of(SOURCE, "x", f"\n{SOURCE}"), [("src/a.js", 2, 16), ("src/c.js", 3, 16)]),
    "after escapes": (map_of(f'"ä\t🔑" {TOKEN}'), [("src/a.js", 1, 8)]),
    "written out": (json.dumps(json.loads(map_of(SOURCE)), indent=2).encode(), [("src/a.js", 2, 16)]),
    "not in a source": (map_of("x", note=TOKEN), [None]),
    "in an index": (
        json.dumps({"version": 3, "sections": [{"offset": {}, "map": json.loads(map_of(SOURCE))}]}).encode(),
        [("src/a.js", 2, 16)],
    ),
}


@pytest.mark.parametrize(("text", "expected"), IN_MAP.values(), ids=IN_MAP)
@pytest.mark.parametrize("name", ["app.js.map", "assets/map.json", "noname"])
def test_a_secret_in_a_map_is_led_to_its_source(
    text: bytes, expected: list[tuple[str, int, int] | None], name: str
) -> None:
    result = led(text, origin=name)
    assert originals(result) == expected
    assert (result.diagnostics, result.map_found) == ((), True)


def test_a_broken_map_with_a_secret_says_so() -> None:
    result = led(map_of(SOURCE)[:-30], origin="app.js.map")
    assert originals(result) == [None]
    (skip,) = result.diagnostics
    assert skip.message.startswith("is a broken source map: it is not valid JSON")


def test_a_secret_that_only_the_map_holds_says_so() -> None:
    findings = led(map_of(SOURCE), origin="app.js.map").detections
    (finding,) = group(findings, full_set().by_id())
    assert ONLY_IN_MAP in finding.place.label
    assert finding.place.original
    both = group([*findings, *led(CODE, map_of(SOURCE)).detections], full_set().by_id())
    assert [ONLY_IN_MAP in finding.place.label for finding in both] == [False]


# --- inline maps -----------------------------------------------------------------------------------------------------


def inline(text: bytes) -> str:
    return f"//# sourceMappingURL=data:application/json;charset=utf-8;base64,{base64.b64encode(text).decode()}"


def module(code: str, source: str, name: str) -> str:
    """Write a module like webpack's `eval-source-map`."""
    text = map_of(source, sources=[f"webpack://app/./src/{name}"], mappings=f";{MAPPINGS}")
    text_of_module = f"{{use();\n{code}{inline(text)}\n//# sourceURL=webpack-internal:///{name}\n\n}}"
    return f"eval({json.dumps(text_of_module)});\n"


def test_an_inline_map_leads_home() -> None:
    source = f"// {OTHER}\n{SOURCE}"
    result = led(f"{CODE}{inline(map_of(source))}\n")
    found = {
        (secret_of(finding).reveal().decode(), finding.place.via): place
        for finding, place in zip(result.detections, originals(result), strict=True)
    }
    assert found == {
        (TOKEN, ()): ("src/a.js", 3, 16),
        (TOKEN, ("source-map",)): ("src/a.js", 3, 16),
        (OTHER, ("source-map",)): ("src/a.js", 1, 4),
    }
    assert (result.diagnostics, result.map_found) == ((), True)


def test_the_same_secret_twice_in_an_inline_map_keeps_its_places() -> None:
    comment = f"// {TOKEN}\n"
    result = led(f"use();{inline(map_of(comment, SOURCE))}")
    assert originals(result) == [("src/a.js", 1, 4), ("src/b.js", 2, 16)]


def test_each_module_has_its_own_map() -> None:
    code = module(CODE, SOURCE, "a.js") + module(CODE.replace(TOKEN, OTHER), "nothing", "b.js") + CODE
    result = led(code)
    plain = [
        place for finding, place in zip(result.detections, originals(result), strict=True) if not finding.place.via
    ]
    assert plain == [("src/a.js", 2, 16), ("src/b.js", 2, 15), None]
    assert {place for place in originals(result) if place} == {("src/a.js", 2, 16), ("src/b.js", 2, 15)}


def test_a_broken_inline_map_is_noted() -> None:
    result = led(f"{CODE}//# sourceMappingURL=data:application/json;base64,AAAA\n")
    assert originals(result) == [None]
    assert [skip.message.partition(":")[0] for skip in result.diagnostics] == ["its inline source map is broken"]
    result = led(f"{CODE}//# sourceMappingURL=data:text/plain,AAAA\n")
    assert [skip.message for skip in result.diagnostics] == ["its inline source map cannot be read"]


# --- real toolchains -------------------------------------------------------------------------------------------------


def expected_places() -> Iterator[tuple[str, str, str, str, int]]:
    """Yield (id, path, token, original path, line) of every place in a mapped file."""
    for file in sorted(FIXTURES.glob("*/EXPECTED.yaml")):
        for finding in yaml.safe_load(file.read_text(encoding="utf-8"))["findings"]:
            original = finding.get("original")
            for place in finding["places"] if original else ():
                path = file.parent / place["path"]
                mapped = place["form"].endswith("source-map") or (
                    place["form"] == "plain" and path.suffix in {".js", ".mjs"} and has_map(path)
                )
                if mapped and "inner" not in place:
                    token = fake_token(finding["secret"], finding.get("tail", 178))
                    yield (
                        f"{finding['secret']} in {place['path']}",
                        str(path.relative_to(FIXTURES)),
                        token,
                        original["path"],
                        original["line"],
                    )


def has_map(path: Path) -> bool:
    return path.with_name(f"{path.name}.map").exists() or "sourceMappingURL=data:" in path.read_text(encoding="utf-8")


PLACES: Final = {name: (path, *rest) for name, path, *rest in expected_places()}


@pytest.mark.parametrize(("path", "token", "original", "line"), PLACES.values(), ids=PLACES)
def test_the_output_of_a_toolchain_is_led_home(
    path: str, token: str, original: str, line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FIXTURES)
    blob = Blob(origin=FileOrigin(path=path), data=Path(path).read_bytes())
    load = partial(load_map, path, root=".", max_size=1 << 28, origin=blob.origin)
    result = apply_source_maps(scan_blob(blob, full_engine()), blob, load)
    ours = [finding for finding in result.detections if secret_of(finding).reveal().decode() == token]
    assert ours
    assert {place(finding) for finding in ours} == {(original, line)}
    assert result.diagnostics == ()
    assert result.map_found is True


def place(finding: Detection) -> tuple[str, int] | None:
    found = finding.place.original
    return None if found is None else (found.path, found.line)


def test_there_are_enough_fixtures() -> None:
    assert len({str(row[0]).partition("/")[0] for row in PLACES.values()}) >= 8
    assert len(PLACES) >= 40


# --- hostile ---------------------------------------------------------------------------------------------------------


def test_thousands_of_findings_are_led_home_at_once() -> None:
    tokens = [fake_token(f"many-{number}", 178) for number in range(2000)]
    code = ";".join(f'a("{token}")' for token in tokens)
    text = map_of("\n".join(f"b('{token}')" for token in tokens) + "x" * 1_000_000)
    result = led(code)
    blob = Blob(origin=FileOrigin(path="app.js"), data=code.encode())

    def run(count: int) -> BlobResult:
        return apply_source_maps(result._replace(detections=result.detections[:count]), blob, lambda _: text)

    assert_linear(run, 250)
    assert originals(run(2000)) == [("src/a.js", number + 1, 4) for number in range(2000)]


@pytest.mark.parametrize("seed", range(0, 2000, 7))
def test_a_damaged_map_never_stops_a_scan(seed: int) -> None:
    code = f"{CODE}{inline(map_of(SOURCE))}\n"
    at = seed * len(code) // 2000
    for damaged in (
        code[:at],
        f"{code[:at]}\\{code[at:]}",
        f'{code[:at]}eval("{code[at:]}',
        f"{code[:at]}{code[at + 9 :]}",
    ):
        for name in ("app.js", "app.js.map"):
            led(damaged, map_of(SOURCE)[: at % 300], name)


def test_the_snippet_of_a_skip_is_printable() -> None:
    result = led(f"{CODE}//# sourceMappingURL=\x1b[31m{'a' * 400}.map", b"[]")
    (skip,) = result.diagnostics
    assert "\x1b" not in skip.message
    assert len(skip.message) < 200
    assert re.search(r"is broken", skip.message)
