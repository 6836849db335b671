"""A framework is one YAML file, shipped or one's own: `--rules` adds it to all that read frameworks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.support import Run, frontleak, installed, token, write

LUMEN: Final = """\
id: lumen
kind: framework
name: Lumen
dependencies: ["@lumen/start"]
makes_apps: true
public_env: [LUMEN_OPEN_]
build_files: [lumen.host]
triggers: ['lumen\\.secrets\\(']
outputs:
  - name: build
    recognised_by:
      - {holds: [lumen-build.json]}
    reach:
      - {served: "web/**"}
      - {server: "backend/**"}
code:
  server: ["src/**/*.backend.ts"]
  client: ["src/boot.ts"]
  returned:
    "src/views/**": [supply]
  undefined: "Lumen leaves a variable without the prefix LUMEN_OPEN_ undefined in the browser"
  fix: >
    Call `onBackend` instead.
names:
  directives: {run in browser: client}
  server_only: ["@lumen/backend-only"]
  server_functions: [onBackend]
  environment: [lumen.env]
  environment_functions: [lumen.secrets]
  environment_modules: {"@lumen/env": prefixed}
  responses: [lumenReply]
page:
  intro: Everything that src/boot imports is client-side code.
  settings: []
  wrong:
    src/boot.ts: |
      import {createClient} from '@sanity/client'
      createClient({projectId: 'abcd1234', token: lumen.env.LUMEN_OPEN_SANITY_TOKEN})
  right:
    src/boot.ts: export const a = 1
  blind:
    - what: tokens in styles
      files: {src/boot.css: "a {}"}
  layouts:
    - {dist/lumen-build.json: served, dist/web/a.js: served, dist/backend/a.js: server}
references:
  - https://example.com
"""
APP: Final[Mapping[str, str]] = {
    "package.json": '{"private": true, "dependencies": {"@lumen/start": "1.0.0", "@sanity/client": "7.0.0"}}',
}
CLIENT: Final = (
    "import {createClient} from '@sanity/client'\nexport const c = createClient({projectId: 'a', token: %s})\n"
)
SECRET: Final = "process.env.SANITY_TOKEN"
IN_CLIENT: Final = "sanity-token-in-client-code"
TO_BROWSER: Final = "sanity-token-to-browser"
PUBLIC: Final = "public-env-secret"

SILENT: Final[Mapping[str, Mapping[str, str]]] = {
    "a module of the server, by its name": {
        "src/boot.ts": "import {c} from './data.backend'\nc.fetch('*')\n",
        "src/data.backend.ts": CLIENT % SECRET,
    },
    "a module of the server, by what it imports": {
        "src/boot.ts": "import {c} from './data'\nc.fetch('*')\n",
        "src/data.ts": "import '@lumen/backend-only'\n" + CLIENT % SECRET,
    },
    "a function that stays on the server": {
        "src/boot.ts": "import {createClient} from '@sanity/client'\nimport {onBackend} from '@lumen/start'\n"
        f"export const load = onBackend(() => createClient({{token: {SECRET}}}).fetch('*'))\n",
    },
    "an export of another name": {"src/views/home.ts": f"export const other = () => ({{token: {SECRET}}})\n"},
    "a variable without the prefix": {".env": "LUMEN_PAY_TOKEN=\n"},
    "server output": {"dist/lumen-build.json": "{}", "dist/backend/a.js": f"a='{token()}'"},
}
FOUND: Final[Mapping[str, tuple[Mapping[str, str], set[tuple[str, str]]]]] = {
    "a token in an entry point": ({"src/boot.ts": CLIENT % SECRET}, {(IN_CLIENT, "src/boot.ts:2")}),
    "a token behind a directive": (
        {"src/like.ts": "'run in browser'\n" + CLIENT % SECRET},
        {(IN_CLIENT, "src/like.ts:3")},
    ),
    "a variable of its environment": (
        {"src/boot.ts": "const key = lumen.env.LUMEN_OPEN_PAY_SECRET\n"},
        {(PUBLIC, "src/boot.ts:1")},
    ),
    "a variable of its module": (
        {"src/boot.ts": "import {LUMEN_OPEN_PAY_SECRET} from '@lumen/env'\n"},
        {(PUBLIC, "src/boot.ts:1")},
    ),
    "a variable in its settings": ({"lumen.host": "LUMEN_OPEN_PAY_SECRET: x\n"}, {(PUBLIC, "lumen.host:1")}),
    "the result of a function": (
        {"src/views/home.ts": f"export const supply = () => ({{token: {SECRET}}})\n"},
        {(TO_BROWSER, "src/views/home.ts:1")},
    ),
    "a response, in a file with its trigger": (
        {"src/api/a.backend.ts": "export const get = () => lumenReply({token: lumen.secrets().PAY_TOKEN})\n"},
        {(TO_BROWSER, "src/api/a.backend.ts:1")},
    ),
    "client output": (
        {"dist/lumen-build.json": "{}", "dist/web/a.js": f"a='{token()}'"},
        {("sanity-token", "dist/web/a.js:1")},
    ),
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Write the framework, and return its file."""
    return write(tmp_path / "own", {"lumen.yaml": LUMEN}) / "lumen.yaml"


def findings(done: Run) -> set[tuple[str, str]]:
    """Return (rule, path:line) of each finding."""
    return {(each["rule"], f"{each['path']}:{each['line']}") for each in done.json()["findings"]}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_what_the_framework_keeps_on_the_server_is_silent(
    files: Mapping[str, str], rules: Path, tmp_path: Path
) -> None:
    done = frontleak("scan", "--format=json", "--rules", rules, cwd=write(tmp_path / "app", {**APP, **files}))
    assert (done.code, done.err, findings(done)) == (0, "", set())


@pytest.mark.parametrize(("files", "expected"), FOUND.values(), ids=FOUND)
def test_what_the_framework_sends_to_the_browser_is_found(
    files: Mapping[str, str], expected: set[tuple[str, str]], rules: Path, tmp_path: Path
) -> None:
    app = write(tmp_path / "app", {**APP, **files})
    done = frontleak("scan", "--format=json", "--rules", rules, cwd=app)
    assert (done.err, findings(done)) == ("", expected)


def test_without_the_framework_none_of_its_code_is_known(tmp_path: Path) -> None:
    files = {path: text for found, _ in FOUND.values() for path, text in found.items() if not path.startswith("dist")}
    done = frontleak("scan", "--format=json", cwd=write(tmp_path / "app", {**APP, **files}))
    assert findings(done) == set()


def test_it_counts_in_every_process_and_from_the_cache(rules: Path, tmp_path: Path) -> None:
    files = {path: text for found, _ in FOUND.values() for path, text in found.items()}
    app = write(tmp_path / "app", {**APP, **files})
    for jobs in (1, 2, 2):
        done = installed("scan", "--format=json", f"--jobs={jobs}", "--rules", rules, cwd=app)
        assert (done.code, done.err) == (1, "")
        assert {rule for rule, _ in findings(done)} == {IN_CLIENT, TO_BROWSER, PUBLIC, "sanity-token"}
        (fix,) = {each["fix"] for each in done.json()["findings"] if each["rule"] == IN_CLIENT}
        assert fix.endswith("Call `onBackend` instead.")


def test_a_framework_of_a_configuration_in_the_scanned_tree_is_named(rules: Path, tmp_path: Path) -> None:
    app = write(tmp_path / "app", {**APP, "pyproject.toml": "", ".frontleak.yaml": f"rules: [{rules}]\n"})
    told = "adds the framework lumen, which says what is client-side code and what is server output\n"
    assert frontleak("scan", cwd=app).err.endswith(told)
    assert frontleak("scan", "--rules", rules, cwd=app).err == ""


def test_a_valid_framework_passes_the_check(few_rules: Path, rules: Path) -> None:
    done = frontleak("rules", "check", rules, cwd=rules.parent)
    assert (done.code, done.err) == (0, "")


MISTAKES: Final[Mapping[str, tuple[str, str, str]]] = {
    "an unknown field": (
        "  server_functions: [onBackend]",
        "  server_function: [onBackend]",
        "27: unknown field 'names.server_function'; did you mean 'server_functions'? allowed: ",
    ),
    "a shipped id": ("id: lumen", "id: nextjs", "1: the id 'nextjs' is taken by rules/frameworks/nextjs.yaml:1"),
    "a side that does not exist": (
        ": client}",
        ": browser}",
        "25: names.directives.run in browser must be one of client, ",
    ),
    "a glob that takes too long": (
        "src/**/*.backend.ts",
        "**/a*/**/b*/**/*.ts",
        "17: code.server: '**/a*/**/b*/**/*.ts' is too complex: at most 4 wildcards and 200 alternatives",
    ),
    "a trigger that fires everywhere": ("'lumen\\.secrets\\('", "'[a-z]'", "8: triggers: "),
    "a prefix that is not public": (
        "build_files:",
        "distinctive_env: [LUMEN_]\nbuild_files:",
        "7: distinctive_env: 'LUMEN_' is not one of public_env",
    ),
    "a setting without a rule": (
        "settings: []",
        "settings: [lumen-config]",
        "34: unknown rule of kind config 'lumen-config'",
    ),
    "an example that is not found": (
        "lumen.env.LUMEN_OPEN_SANITY_TOKEN",
        "''",
        "35: page.wrong: expected a finding, got none",
    ),
    "a build that is not recognised": (
        "holds: [lumen-build.json]",
        "holds: [lumen.json]",
        "45: page.layouts: dist/backend/a.js is served, not server",
    ),
    "a fix that is found": (
        "export const a = 1",
        "lumen.env.LUMEN_OPEN_PAY_SECRET",
        "39: page.right: expected no finding, got public-env-secret at src/boot.ts:1",
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_it_has_its_line(few_rules: Path, old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert old in LUMEN
    write(tmp_path, {"lumen.yaml": LUMEN.replace(old, new)})
    done = frontleak("rules", "check", "lumen.yaml", cwd=tmp_path)
    assert done.code == 2
    (line,) = done.out.splitlines()
    assert line.startswith(f"lumen.yaml:{expected}")
