"""A variable in an `.env` file, the code that publishes it and its value in a build are one finding."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.support import frontleak, installed, repository, token, write

FIRST, SECOND = token("causes/1"), token("causes/2")
NAME: Final = "NEXT_PUBLIC_SANITY_TOKEN"
PACKAGE: Final = json.dumps({"name": "web", "dependencies": {"next": "15.0.0", "@sanity/client": "7.0.0"}})
CLIENT: Final = "import {createClient} from '@sanity/client'\n"
USE: Final = f"'use client'\n{CLIENT}export const client = createClient({{token: process.env.{NAME}}})\n"
PAGE: Final = (
    "import {Editor} from './Editor'\n"
    "export default function Page() { return <Editor token={process.env.SANITY_API_TOKEN} /> }\n"
)
EDITOR: Final = "'use client'\nexport function Editor({token}) { return token }\n"
PUBLIC: Final[Mapping[str, str]] = {
    "package.json": PACKAGE,
    ".env": f"OTHER=1\n{NAME}={FIRST}\n",
    "src/Like.tsx": USE,
    "out/app.js": f'var t="{FIRST}"\n',
}
PRIVATE: Final[Mapping[str, str]] = {
    "package.json": PACKAGE,
    ".env": f"SANITY_API_TOKEN={FIRST}\n",
    "app/page.tsx": PAGE,
    "app/Editor.tsx": EDITOR,
    "out/index.html": f'<script>self.__next_f.push([1,"{FIRST}"])</script>\n',
}
IN_CLIENT, TO_BROWSER, NAMED, VALUE = (
    "sanity-token-in-client-code",
    "sanity-token-to-browser",
    "public-env-secret",
    "sanity-token",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path)


def scan(folder: Path, *arguments: str) -> dict[str, Any]:
    report: dict[str, Any] = frontleak("scan", "--format=json", *arguments, cwd=folder).json()
    return report


def found(folder: Path, part: str = "findings") -> list[tuple[str, ...]]:
    """Return the rule and all places, `role path:line`, of each finding."""
    return sorted(
        (each["rule"], *(f"{at.get('role', '')} {at['path']}:{at['line']}".strip() for at in (each, *each["also_at"])))
        for each in scan(folder)[part]
    )


# --- what stays apart ------------------------------------------------------------------------------------------------


APART: Final[Mapping[str, tuple[Mapping[str, str], list[tuple[str, ...]]]]] = {
    "two values of a variable": (
        {**PUBLIC, ".env.production": f"{NAME}={SECOND}\n"},
        [
            (VALUE, ".env.production:1"),
            (VALUE, ".env:2", "out/app.js:1"),
            (IN_CLIENT, "use src/Like.tsx:3", "definition .env:2", "definition .env.production:1"),
        ],
    ),
    "another value in the build": (
        {**PUBLIC, "out/app.js": f'var t="{SECOND}"\n'},
        [(VALUE, "out/app.js:1"), (IN_CLIENT, "use src/Like.tsx:3", "definition .env:2")],
    ),
    "a value that nothing sets": (
        {name: text for name, text in PUBLIC.items() if name != ".env"},
        [(VALUE, "out/app.js:1"), (IN_CLIENT, "src/Like.tsx:3")],
    ),
    "a value of another variable": (
        {**PUBLIC, ".env": f"SANITY_OTHER={FIRST}\n"},
        [(VALUE, ".env:1", "out/app.js:1"), (IN_CLIENT, "src/Like.tsx:3")],
    ),
    "the variable of another package": (
        {
            **{f"web/{name}": text for name, text in PUBLIC.items() if name != ".env"},
            "web/cms/package.json": PACKAGE.replace("web", "cms"),
            "web/cms/.env": f"SANITY_API_TOKEN={FIRST}\n",
            "web/app/page.tsx": PAGE,
            "web/app/Editor.tsx": EDITOR,
        },
        [
            (VALUE, "web/cms/.env:1", "web/out/app.js:1"),
            (IN_CLIENT, "web/src/Like.tsx:3"),
            (TO_BROWSER, "web/app/page.tsx:2"),
        ],
    ),
    "a private variable that two places publish": (
        {**PRIVATE, "app/more/page.tsx": PAGE.replace("./Editor", "../Editor")},
        [
            (VALUE, ".env:1", "out/index.html:1"),
            (TO_BROWSER, "app/more/page.tsx:2"),
            (TO_BROWSER, "app/page.tsx:2"),
        ],
    ),
    "one value of two variables that are both misused": (
        {**PUBLIC, **PRIVATE, ".env": f"{NAME}={FIRST}\nSANITY_API_TOKEN={FIRST}\n", "src/Like.tsx": USE},
        [
            (VALUE, ".env:1", ".env:2", "out/app.js:1", "out/index.html:1"),
            (IN_CLIENT, "use src/Like.tsx:3", "definition .env:1"),
            (TO_BROWSER, "app/page.tsx:2"),
        ],
    ),
}


@pytest.mark.parametrize(("files", "expected"), APART.values(), ids=APART)
def test_what_is_not_certain_stays_apart(
    files: Mapping[str, str], expected: list[tuple[str, ...]], project: Path
) -> None:
    write(project, files)
    assert sorted(found(project)) == sorted(expected)


# --- what is one -----------------------------------------------------------------------------------------------------


ONE: Final[Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]]] = {
    "use, definition and value": (
        PUBLIC,
        (IN_CLIENT, "use src/Like.tsx:3", "definition .env:2", "value out/app.js:1"),
    ),
    "two builds": (
        {**PUBLIC, "dist/main.js": f"f('{FIRST}')"},
        (IN_CLIENT, "use src/Like.tsx:3", "definition .env:2", "value dist/main.js:1", "value out/app.js:1"),
    ),
    "no use in code": (
        {name: text for name, text in PUBLIC.items() if name != "src/Like.tsx"},
        (NAMED, "definition .env:2", "value out/app.js:1"),
    ),
    "no build": (
        {name: text for name, text in PUBLIC.items() if name != "out/app.js"},
        (IN_CLIENT, "use src/Like.tsx:3", "definition .env:2"),
    ),
    "two uses of a public variable": (
        {**PUBLIC, "src/Other.tsx": USE},
        (IN_CLIENT, "use src/Like.tsx:3", "use src/Other.tsx:3", "definition .env:2", "value out/app.js:1"),
    ),
    "the same value in two files": (
        {**PUBLIC, ".env.local": f"export {NAME} = '{FIRST}'\n"},
        (
            *(IN_CLIENT, "use src/Like.tsx:3", "definition .env:2", "value out/app.js:1"),
            "definition .env.local:1",
        ),
    ),
    "a variable whose name is private": (
        PRIVATE,
        (TO_BROWSER, "use app/page.tsx:2", "definition .env:1", "value out/index.html:1"),
    ),
    "a second variable that nothing misuses": (
        {**PRIVATE, ".env": f"SANITY_API_TOKEN={FIRST}\nSPARE={FIRST}\n"},
        (TO_BROWSER, "use app/page.tsx:2", "definition .env:1", "value out/index.html:1", "definition .env:2"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), ONE.values(), ids=ONE)
def test_one_cause_is_one_finding(files: Mapping[str, str], expected: tuple[str, ...], project: Path) -> None:
    write(project, files)
    assert found(project) == [expected]


def test_the_finding_is_as_bad_as_the_worst_and_says_what_to_do_in_the_code(project: Path) -> None:
    (use,) = scan(
        write(project, {name: text for name, text in PUBLIC.items() if name in {"package.json", "src/Like.tsx"}})
    )["findings"]
    (whole,) = scan(write(project, PUBLIC))["findings"]
    for key in ("rule", "title", "why", "fix", "chain", "snippet", "fingerprint"):
        assert whole[key] == use[key]
    assert (use["exposure"], whole["exposure"]) == ("source", "served")
    assert (use["secret"], whole["secret"]) == (None, f"{FIRST[:4]}…({len(FIRST)} characters)")
    places = [whole, *whole["also_at"]]
    assert [place["detected_by"] for place in places] == [IN_CLIENT, NAMED, VALUE]


def test_two_projects_are_two_causes(project: Path) -> None:
    other = {name: text.replace(FIRST, SECOND) for name, text in PUBLIC.items()}
    write(
        project,
        {f"{folder}/{name}": text for folder, files in (("a", PUBLIC), ("b", other)) for name, text in files.items()},
    )
    assert [row[1:] for row in found(project)] == [
        (f"use {folder}/src/Like.tsx:3", f"definition {folder}/.env:2", f"value {folder}/out/app.js:1")
        for folder in ("a", "b")
    ]


# --- reports and exit codes ------------------------------------------------------------------------------------------


def test_every_report_shows_the_places_with_their_roles(project: Path) -> None:
    write(project, PUBLIC)
    text = installed("scan", cwd=project)
    assert text.code == 1
    lines = [line.strip() for line in text.out.splitlines()]
    assert lines[0].startswith(f"src/Like.tsx:3:44  high  Sanity token in client-side code  [{IN_CLIENT}]")
    assert {"set at .env:2:1", "its value at out/app.js:1:8"} <= set(lines)
    assert any(line.startswith("1 finding: 1 high.") for line in lines)
    *rows, summary = [json.loads(line) for line in frontleak("scan", "--format=jsonl", cwd=project).out.splitlines()]
    assert [place["role"] for row in rows for place in (row, *row["also_at"])] == ["use", "definition", "value"]
    assert (summary["findings"], summary["by_severity"]["high"]) == (1, 1)
    (run,) = frontleak("scan", "--format=sarif", cwd=project).json()["runs"]
    (result,) = run["results"]
    related = [
        (at["physicalLocation"]["artifactLocation"]["uri"], at["message"]["text"]) for at in result["relatedLocations"]
    ]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/Like.tsx"
    assert related == [(".env", "the variable is set here"), ("out/app.js", "the value of the variable")]
    for report in (text.out, json.dumps(rows), json.dumps(run)):
        assert FIRST[4:16] not in report


def test_explain_lists_all_places(project: Path) -> None:
    (finding,) = scan(write(project, PUBLIC))["findings"]
    out = frontleak("explain", finding["fingerprint"], cwd=project).out
    assert [line.split()[0] for line in out.splitlines() if line.startswith(("    use ", "    def", "    val"))] == [
        "use",
        "definition",
        "value",
    ]


def test_settings_for_one_place_do_not_let_the_others_pass(project: Path) -> None:
    write(project, {**PUBLIC, ".frontleak.yaml": "overrides:\n  - files: ['src/']\n    fail-on: critical\n"})
    assert frontleak("scan", cwd=project).code == 1
    everywhere = "overrides:\n  - files: ['src/', '.env', 'out/']\n    fail-on: critical\n"
    write(project, {".frontleak.yaml": everywhere})
    assert frontleak("scan", cwd=project).code == 0


# --- what is accepted ------------------------------------------------------------------------------------------------


def test_a_comment_in_the_code_hides_nothing_else(project: Path) -> None:
    use = USE.replace("\nexport", f"\n// frontleak: ignore[{IN_CLIENT}, {NAMED}] known\nexport")
    write(project, {**PUBLIC, "src/Like.tsx": use})
    assert found(project) == [(NAMED, "definition .env:2", "value out/app.js:1")]
    assert found(project, "suppressed") == [(IN_CLIENT, "use src/Like.tsx:4")]
    assert frontleak("scan", cwd=project).code == 1


def test_a_comment_in_the_env_file_hides_nothing_else(project: Path) -> None:
    env = f"{NAME}={FIRST} # frontleak: ignore[sanity-*, {NAMED}] known\n"
    write(project, {**PUBLIC, ".env": env})
    assert found(project) == [(IN_CLIENT, "use src/Like.tsx:3", "value out/app.js:1")]
    assert [row[0] for row in found(project, "suppressed")] == [NAMED]
    assert frontleak("scan", cwd=project).code == 1


def test_a_baseline_of_one_place_hides_nothing_else(project: Path) -> None:
    write(project, {name: text for name, text in PUBLIC.items() if name in {"package.json", ".env"}})
    assert frontleak("baseline", "create", cwd=project).code == 0
    write(project, PUBLIC)
    assert found(project) == [(IN_CLIENT, "use src/Like.tsx:3", "value out/app.js:1")]
    assert found(project, "suppressed") == [(NAMED, "definition .env:2")]
    assert frontleak("baseline", "update", cwd=project).code == 0
    assert found(project) == []
    assert found(project, "suppressed") == [
        (IN_CLIENT, "use src/Like.tsx:3", "definition .env:2", "value out/app.js:1")
    ]
    assert scan(project)["summary"]["suppressed"] == 1
    write(project, {"dist/main.js": f"f('{FIRST}')"})
    assert [row[1:] for row in found(project)] == [("dist/main.js:1",)]
    assert frontleak("scan", cwd=project).code == 1


def test_its_fingerprint_ignores_the_finding_with_all_places(project: Path) -> None:
    (finding,) = scan(write(project, PUBLIC))["findings"]
    frontleak("ignore", finding["fingerprint"], "--reason", "known", cwd=project)
    assert found(project) == []
    assert found(project, "suppressed") == [
        (IN_CLIENT, "use src/Like.tsx:3", "definition .env:2", "value out/app.js:1")
    ]


def test_a_fingerprint_of_the_value_ignores_the_value_alone(project: Path) -> None:
    write(project, {name: text for name, text in PUBLIC.items() if name not in {"src/Like.tsx", "package.json"}})
    (value,) = [each for each in scan(project, "--select=sanity-token")["findings"] if each["rule"] == VALUE]
    frontleak("ignore", value["fingerprint"], "--reason", "revoked", cwd=project)
    write(project, PUBLIC)
    assert found(project) == [(IN_CLIENT, "use src/Like.tsx:3", "definition .env:2")]
    assert [row[0] for row in found(project, "suppressed")] == [VALUE]


def test_an_ignored_value_leaves_the_code(project: Path) -> None:
    write(project, PUBLIC)
    done = frontleak("ignore", "--value-stdin", "--reason", "a dummy", cwd=project, stdin=FIRST.encode())
    assert done.code == 0, done.err
    assert found(project) == [(IN_CLIENT, "use src/Like.tsx:3", "definition .env:2")]
    assert [row[0] for row in found(project, "suppressed")] == [VALUE]


def test_two_reports_tell_what_changed(project: Path) -> None:
    write(project, PUBLIC)
    frontleak("scan", "--format=json", "-o", "old.json", cwd=project)
    (project / "out/app.js").unlink()
    frontleak("scan", "--format=json", "-o", "new.json", "--exclude=*.json", cwd=project)
    assert frontleak("diff", "old.json", "new.json", cwd=project).out.startswith("0 new, 0 gone, 0 moved, 1 unchanged")
