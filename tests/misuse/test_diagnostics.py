"""Files that cannot be read, parsed or followed: the rest is analysed, one line reports the gap, nothing is invented."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.core.report import Report
from frontleak.core.vocabulary import Confidence
from frontleak.report.registry import reporter_named
from tests.acceptance.support import frontleak, write
from tests.support.code import Texts, package, scanned
from tests.support.made import rendered

RULE: Final = "sanity-token-in-client-code"
CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'a', token: process.env.A_TOKEN})\n"
)
NEXT: Final[Texts] = {"package.json": package("next", "@sanity/client"), "lib/sanity.ts": CLIENT}
LONG: Final = f"\n//{'a' * 25_000}\n"


def uses(specifier: str, after: str = "") -> str:
    """Return a client component that imports a client."""
    return f"'use client'\nimport {{client}} from '{specifier}'\nexport const A = () => client\n{after}"


def tokens(report: Report) -> list[tuple[str, Confidence]]:
    """Return (path, confidence) of each token in client-side code."""
    return [(found.place.origin.path, found.confidence) for found in report.findings if found.rule_id == RULE]


def said(report: Report) -> list[str]:
    """Return all skips as `path: reason`; none makes the scan incomplete."""
    assert not any(skip.incomplete for skip in report.skipped)
    return [f"{skip.origin.path}: {skip.message}" for skip in report.skipped]


ASSETS: Final[Texts] = {
    "a.png": "\0PNG",
    "b.svg": f"<svg>{LONG}</svg>",
    "c.woff2": "\0",
    "d.json": f"[{'1,' * 600_000}1]",
    "e.wasm": "\0asm",
    "f.glb": "\0",
    "g.css": f"a{{}}{LONG}",
    "h": "\0",
}
"""Files with no imports, each of which could not be read as source code: binary, or over a limit."""
NOTHING_UNKNOWN: Final[Mapping[str, Texts]] = {
    "everything is there": {"app/a.tsx": uses("../lib/sanity")},
    "an import of a package": {"app/a.tsx": uses("../lib/sanity", "import 'next/image'\nimport '@scope/other/part'")},
    "an import of a style sheet and a picture that a build makes": {
        "app/a.tsx": uses("../lib/sanity", "import './made.css'\nimport icon from '@made/icon.svg?react'"),
    },
    "imports of pictures, fonts, data and other files": {
        "app/a.tsx": uses("../lib/sanity", "".join(f"import x{n} from './{name}'\n" for n, name in enumerate(ASSETS))),
        **{f"app/{name}": content for name, content in ASSETS.items()},
    },
    "an import of types that a build makes": {
        "app/a.tsx": uses("../lib/sanity", "import type {Props} from './+types/a'"),
    },
    "an import in a comment": {
        "app/a.tsx": uses("../lib/sanity", "// import b from './no'\n/* import c from './no' */")
    },
    "an import in a text": {"app/a.tsx": uses("../lib/sanity", "export const b = `\nimport c from './no'\n`")},
    "an import of server code that leads nowhere": {
        "app/a.tsx": uses("../lib/sanity"),
        "app/page.tsx": "import {a} from './no'\nexport default () => a",
    },
    "an import of a test that leads nowhere": {
        "app/a.tsx": uses("../lib/sanity"),
        "app/a.test.tsx": "import {a} from './no'\nimport {A} from './a'",
    },
    "a long file that the browser does not get": {
        "app/a.tsx": uses("../lib/sanity"),
        "lib/long.ts": f"export {{}}{LONG}",
    },
    "a circle": {
        "app/a.tsx": uses("../lib/b"),
        "lib/b.ts": "import './a'\nexport * from './sanity'\nexport * from './b'",
        "lib/a.ts": "import './b'\nimport '../app/a'",
    },
    "comments and commas in tsconfig.json": {
        "tsconfig.json": '{\n// a\n"compilerOptions": {"paths": {"~x/*": ["./*"],},},\n}',
        "app/a.tsx": uses("~x/lib/sanity"),
    },
}


@pytest.mark.parametrize("files", NOTHING_UNKNOWN.values(), ids=NOTHING_UNKNOWN)
def test_nothing_is_unknown(files: Texts) -> None:
    report = scanned({**NEXT, **files})
    assert said(report) == []
    assert tokens(report) == [("lib/sanity.ts", Confidence.HIGH)]


NOT_FOLLOWED: Final[Mapping[str, tuple[Texts, list[str]]]] = {
    "an import that leads nowhere": (
        {"app/a.tsx": uses("../lib/no")},
        [
            (
                "app/a.tsx: line 2 imports ../lib/no, which could not be resolved: no such file: lib/no; "
                "code behind this import was not analysed"
            )
        ],
    ),
    "an import that leads out of the tree": (
        {"app/a.tsx": uses("../../../lib/sanity")},
        [
            (
                "app/a.tsx: line 2 imports ../../../lib/sanity, which could not be resolved: outside the scanned folder; "
                "code behind this import was not analysed"
            )
        ],
    ),
    "several imports that lead nowhere": (
        {
            "app/a.tsx": uses("../lib/no", "import './b'"),
            "app/b.tsx": "import './c'\nexport * from './d'\nrequire('./e')",
        },
        [
            (
                "app/a.tsx: line 2 imports ../lib/no, which could not be resolved: no such file: lib/no; "
                "code behind this import was not analysed (and up to 3 more like it)"
            )
        ],
    ),
    "an import of which a part would change a terminal": (
        {"app/a.tsx": uses("../lib/\u202e\\x1b[31m")},
        [
            (
                "app/a.tsx: line 2 imports ../lib/\\u202e\\x1b[31m, which could not be resolved: no such file: "
                "lib/\\u202e\\x1b[31m; code behind this import was not analysed"
            )
        ],
    ),
    "a broken tsconfig.json": (
        {"tsconfig.json": '{\n"compilerOptions": {\n"paths": {"~x/*" ["./*"]}}}', "app/a.tsx": uses("~x/lib/sanity")},
        [
            (
                "app/a.tsx: line 2 imports ~x/lib/sanity, which could not be resolved: tsconfig.json line 3: not valid JSON: "
                "Expecting ':' delimiter; code behind this import was not analysed"
            ),
            (
                "tsconfig.json: line 3: not valid JSON: Expecting ':' delimiter; "
                "client-side code may be missed until this is fixed"
            ),
        ],
    ),
    "a tsconfig.json that extends what is not there": (
        {"tsconfig.json": '{\n"extends": "./no.json"}', "app/a.tsx": uses("~x/lib/sanity")},
        [
            (
                "app/a.tsx: line 2 imports ~x/lib/sanity, which could not be resolved: tsconfig.json line 2: extends a "
                "missing file; code behind this import was not analysed"
            ),
            ("tsconfig.json: line 2: extends a missing file; client-side code may be missed until this is fixed"),
        ],
    ),
    "a tsconfig.json that extends a package that is not installed": (
        {"tsconfig.json": '{"extends": "@tsconfig/next"}', "app/a.tsx": uses("~x/lib/sanity")},
        [
            (
                "app/a.tsx: line 2 imports ~x/lib/sanity, which could not be resolved: tsconfig.json extends @tsconfig/next, which "
                "is missing; code behind this import was not analysed"
            )
        ],
    ),
    "tsconfig.json files in a circle": (
        {
            "tsconfig.json": '{\n\n"extends": "./b.json"}',
            "b.json": '{"extends": "./tsconfig.json"}',
            "app/a.tsx": uses("~x/lib/sanity"),
        },
        [
            (
                "app/a.tsx: line 2 imports ~x/lib/sanity, which could not be resolved: b.json line 1: extends is circular or "
                "more than 20 levels deep; code behind this import was not analysed"
            ),
            (
                "b.json: line 1: extends is circular or more than 20 levels deep; "
                "client-side code may be missed until this is fixed"
            ),
        ],
    ),
    "a client that is too long": (
        {"app/a.tsx": uses("../lib/sanity"), "lib/sanity.ts": CLIENT + LONG},
        [
            (
                "lib/sanity.ts: its code was not analysed: the file is unreadable, binary or generated "
                "(over 1 MB, or a line of 20 kB or more)"
            )
        ],
    ),
    "a client of more than a megabyte": (
        {"app/a.tsx": uses("../lib/sanity"), "lib/sanity.ts": CLIENT + "// a\n" * 220_000},
        [
            (
                "lib/sanity.ts: its code was not analysed: the file is unreadable, binary or generated "
                "(over 1 MB, or a line of 20 kB or more)"
            )
        ],
    ),
    "a file between that is too long": (
        {"app/a.tsx": uses("../lib/between"), "lib/between.ts": f"export * from './sanity'{LONG}"},
        [
            "lib/between.ts: its imports were not followed: the file is binary or generated",
        ],
    ),
}


@pytest.mark.parametrize(("files", "lines"), NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_what_is_not_followed_is_said_and_gives_no_finding(files: Texts, lines: list[str]) -> None:
    report = scanned({**NEXT, **files})
    assert said(report) == lines
    assert tokens(report) == []
    text = rendered(report, reporter_named("text"))
    assert all(f"    {line}\n" in text for line in lines)


ALL_THE_SAME: Final[Mapping[str, tuple[Texts, list[str], Confidence]]] = {
    "a client of which a part is no code": (
        {"app/a.tsx": uses("../lib/sanity"), "lib/sanity.ts": f"{CLIENT}\nconst a = {{{{{{ ) function\n"},
        ["lib/sanity.ts: line 4 could not be parsed, so the code around it was not analysed; check its syntax"],
        Confidence.HIGH,
    ),
    "a component of which a part is no code": (
        {"app/a.tsx": uses("../lib/sanity", "\n) } const = function ( {\n")},
        ["app/a.tsx: line 5 could not be parsed, so the code around it was not analysed; check its syntax"],
        Confidence.MEDIUM,
    ),
    "a file between of which a part is no code": (
        {"app/a.tsx": uses("../lib/b"), "lib/b.ts": "export {client} from './sanity'\nconst a = = 1\n"},
        ["lib/b.ts: line 2 could not be parsed, so the code around it was not analysed; check its syntax"],
        Confidence.MEDIUM,
    ),
    "a package.json that is broken": (
        {"package.json": '{\n"dependencies": {"next" "1"}}', "app/a.tsx": uses("../lib/sanity")},
        [
            (
                "package.json: line 2: not valid JSON: Expecting ':' delimiter; "
                "client-side code may be missed until this is fixed"
            )
        ],
        Confidence.HIGH,
    ),
    "a package.json that is no text": (
        {"package.json": b'{"dependencies": \n"\xff"}', "app/a.tsx": uses("../lib/sanity")},
        ["package.json: line 2: not UTF-8; client-side code may be missed until this is fixed"],
        Confidence.HIGH,
    ),
    "a package.json that is no object": (
        {"package.json": "[]", "app/a.tsx": uses("../lib/sanity")},
        ["package.json: line 1: not a JSON object; client-side code may be missed until this is fixed"],
        Confidence.HIGH,
    ),
    "a tsconfig.json of which one setting is wrong": (
        {
            "tsconfig.json": '{"compilerOptions": {\n"baseUrl": 1,\n"paths": {"~x/*": ["./*"]}}}',
            "app/a.tsx": uses("~x/lib/sanity"),
        },
        [("tsconfig.json: line 2: baseUrl has the wrong type; client-side code may be missed until this is fixed")],
        Confidence.HIGH,
    ),
    "another import that leads nowhere": (
        {"app/a.tsx": uses("../lib/sanity", "import './no'")},
        [
            (
                "app/a.tsx: line 4 imports ./no, which could not be resolved: no such file: app/no; "
                "code behind this import was not analysed"
            )
        ],
        Confidence.HIGH,
    ),
}


@pytest.mark.parametrize(("files", "lines", "confidence"), ALL_THE_SAME.values(), ids=ALL_THE_SAME)
def test_what_is_known_is_analysed_all_the_same(files: Texts, lines: list[str], confidence: Confidence) -> None:
    report = scanned({**NEXT, **files})
    assert said(report) == lines
    assert tokens(report) == [("lib/sanity.ts", confidence)]


def test_a_token_that_only_a_damaged_part_names_is_not_found() -> None:
    report = scanned({**NEXT, "app/a.tsx": f"'use client'\n{CLIENT.replace('createClient(', 'createClient((')}"})
    assert tokens(report) == []
    assert said(report) == [
        "app/a.tsx: line 3 could not be parsed, so the code around it was not analysed; check its syntax"
    ]


def test_hundreds_of_files_make_a_few_lines() -> None:
    damaged = {f"app/b{number:03}.tsx": f"'use client'\n{CLIENT}\nconst a = = {number}\n" for number in range(300)}
    lost = {f"app/c{number:03}.tsx": f"'use client'\nimport './no{number}'\n{CLIENT}" for number in range(300)}
    long = {f"app/d{number:03}.tsx": f"'use client'\n{LONG}" for number in range(30)}
    lines = said(scanned({**NEXT, **damaged, **lost, **long, "app/a.tsx": uses("../lib/sanity")}))
    assert len(lines) == 7
    assert "295 more files could not be parsed completely" in "\n".join(lines)
    assert "(and up to 299 more like it)" in "\n".join(lines)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_an_import_through_a_link_out_of_the_tree_leads_nowhere(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"sanity.ts": CLIENT})
    project = write(tmp_path / "in", {**NEXT, "app/a.tsx": uses("../lib/linked")})
    (project / "lib" / "linked.ts").symlink_to(tmp_path / "elsewhere" / "sanity.ts")
    report = frontleak("scan", ".", "--format=json", cwd=project).json()
    assert report["findings"] == []
    assert [skip["path"] for skip in report["skipped"] if "could not be resolved" in skip["reason"]] == ["app/a.tsx"]


UNREADABLE: Final = Path("/proc/self/mem")
"""A file that opens but cannot be read by any user."""


@pytest.mark.skipif(not UNREADABLE.exists(), reason="/proc is Linux's")
def test_a_file_that_cannot_be_read_makes_a_scan_incomplete_and_the_rest_is_analysed(tmp_path: Path) -> None:
    write(tmp_path, {**NEXT, "app/a.tsx": uses("../lib/sanity"), "app/c.tsx": "'use client'\nimport './b'\n"})
    (tmp_path / "app" / "b.tsx").symlink_to(UNREADABLE)
    done = frontleak("scan", ".", "app/b.tsx", "--format=json", cwd=tmp_path)
    report: dict[str, Any] = done.json()
    assert [(finding["path"], finding["confidence"]) for finding in report["findings"]] == [("lib/sanity.ts", "high")]
    assert [skip["path"] for skip in report["skipped"] if skip["incomplete"]] == ["app/b.tsx"]
    assert done.code == 1
