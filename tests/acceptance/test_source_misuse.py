"""The command scans the projects under fixtures/sources: misuse is found as in EXPECTED.yaml, correct code is silent.

Each project is scanned once per worker, in all formats. Misuse is scanned outside the repository, with its placeholders
filled in; the corrected twins and the templates are scanned in place.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

import jsonschema
import pytest

from fixtures.fakes import fake_token, fill
from frontleak.rules.frameworks import load_frameworks
from tests.acceptance.support import SUMMARY, frontleak, repository, write
from tests.acceptance.test_source_fixtures_shape import PROJECTS, SOURCES, TEMPLATES, expected
from tests.support.filled import PLACEHOLDER, copy_filled, files
from tests.support.paths import ROOT

for _name in ("frontleak.misuse.analyse", "frontleak.misuse.project_files", "frontleak.js.parse"):
    import_module(_name)  # otherwise every forked run imports them again

KINDS: Final = {"usage", "env-name", "config"}
SILENT: Final = [f"{project}/correct" for project in PROJECTS] + [f"templates/{name}" for name in TEMPLATES]
FORMATS: Final = ("json", "sarif", "text")

each_project = pytest.mark.parametrize("project", PROJECTS)


class Scanned(NamedTuple):
    """Result of a scan of one project."""

    json: dict[str, Any]
    sarif: dict[str, Any]
    text: str
    code: int

    @property
    def misuse(self) -> list[dict[str, Any]]:
        """The code findings."""
        return [finding for finding in self.json["findings"] if finding["kind"] in KINDS]


def scan(folder: Path, reports: Path) -> Scanned:
    """Scan a folder as working directory."""
    outputs = [part for name in FORMATS for part in (f"--format={name}", "-o", str(reports / name))]
    done = frontleak("scan", ".", "--isolated", *outputs, cwd=folder)
    assert SUMMARY.fullmatch(done.err)
    text = {name: (reports / name).read_text("utf-8") for name in FORMATS}
    return Scanned(json.loads(text["json"]), json.loads(text["sarif"]), text["text"], done.code)


@pytest.fixture(scope="session")
def misuse(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that scans a misuse project by name, once."""

    @functools.cache
    def scanned(project: str) -> Scanned:
        reports = tmp_path_factory.mktemp("reports")
        folder = tmp_path_factory.mktemp("tree") / project
        copy_filled(SOURCES / project / "misuse", folder)
        if not (folder / "package.json").exists():
            repository(folder)  # otherwise it would count as a served folder, whose sources are not analysed
        return scan(folder, reports)

    return scanned


def unexplained(report: Mapping[str, Any]) -> list[Any]:
    """Return what a report lists as skipped, without the line that says how a tree without a package.json was judged."""
    return [each for each in report["skipped"] if not each["reason"].startswith("no package.json was found")]


# --- silence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SILENT)
def test_correct_code_is_silent(name: str, tmp_path: Path) -> None:
    done = scan(SOURCES / name, tmp_path)
    assert done.json["findings"] == []
    assert done.sarif["runs"][0]["results"] == []
    assert done.code == 0
    # files that were not read would be silent anyway
    assert unexplained(done.json) == []
    assert done.json["coverage"]["code"]["parsed"] > 0
    assert done.json["coverage"]["code"]["damaged"] == 0


@each_project
def test_nothing_but_what_is_expected_is_found(project: str, misuse: Any) -> None:
    wanted = {(item["rule"], item["path"], item["line"]) for item in expected(project)}
    found = [(finding["rule"], finding["path"], finding["line"]) for finding in misuse(project).misuse]
    assert len(found) == len(set(found))
    assert sorted(set(found) - wanted) == []
    assert unexplained(misuse(project).json) == []
    # a hard-coded token is also a finding itself
    assert {finding["rule"] for finding in misuse(project).json["findings"] if finding["kind"] not in KINDS} <= {
        "sanity-token"
    }


# --- misuse ----------------------------------------------------------------------------------------------------------


def cases() -> Iterator[Any]:
    """Yield a test case per expected finding."""
    for project in PROJECTS:
        for item in expected(project):
            yield pytest.param(project, item, id=f"{project}: {item['path']}:{item['line']} {item['rule']}")


def found(scanned: Scanned, item: dict[str, Any]) -> dict[str, Any]:
    """Return the actual finding for an expected one."""
    key = (item["rule"], item["path"], item["line"])
    (finding,) = (finding for finding in scanned.misuse if (finding["rule"], finding["path"], finding["line"]) == key)
    return finding


@each_project
def test_all_misuse_is_found(project: str, misuse: Any) -> None:
    known = {(finding["rule"], finding["path"], finding["line"]) for finding in misuse(project).misuse}
    missed = {
        f"{item['path']}:{item['line']} {item['rule']}": item["because"]
        for item in expected(project)
        if (item["rule"], item["path"], item["line"]) not in known
    }
    assert missed == {}
    assert misuse(project).code == 1


@pytest.mark.parametrize(("project", "item"), list(cases()))
def test_misuse_is_found_as_what_it_is(project: str, item: dict[str, Any], misuse: Any) -> None:
    finding = found(misuse(project), item)
    assert finding["severity"] == item["severity"], item["because"]
    assert sorted(finding["context"].get("name", [])) == sorted(item["names"])
    chain = [link["path"] for link in finding["chain"]]
    assert (chain if len(chain) > 1 else []) == item["chain"]
    assert set(chain) <= {item["path"], *item["chain"]}
    assert [f"{place['path']}:{place['line']}" for place in finding["also_at"]] == item.get("also", [])
    assert finding["exposure"] == "source"
    is_set = any(place.get("role") == "definition" for place in finding["also_at"])
    assert finding["secret"] is None or is_set, "the value that an .env file sets"


@each_project
def test_a_chain_leads_from_import_to_import_to_the_place(project: str, misuse: Any) -> None:
    for finding in misuse(project).misuse:
        for link in finding["chain"]:
            lines = (SOURCES / project / "misuse" / link["path"]).read_text("utf-8").splitlines()
            shown = re.sub(r"…\\\((\d+)\\\)", r".{\1}", re.escape(link["text"].removesuffix("…")))
            assert re.search(shown, fill(lines[link["line"] - 1])) or PLACEHOLDER.search(lines[link["line"] - 1])
        if finding["chain"]:
            assert finding["chain"][0]["why"], "why the browser begins there"
            assert not any(link["why"] for link in finding["chain"][1:])
            last = finding["chain"][-1]
            assert (last["path"], last["line"], last["column"]) == (finding["path"], finding["line"], finding["column"])
            assert last["text"] == finding["snippet"]


@each_project
def test_a_token_in_the_code_is_never_shown(project: str, misuse: Any) -> None:
    text = "".join(json.dumps(part) for part in misuse(project))
    names = [
        name for file in files(SOURCES / project / "misuse") for name in PLACEHOLDER.findall(file.read_text("utf-8"))
    ]
    for secret in [fake_token(name, tail) for name in names for tail in (78, 178)]:
        assert not any(secret[start : start + 7] in text for start in range(len(secret) - 7))


SHIPPED: Final[Mapping[tuple[str, str], str]] = {
    ("astro", "src/lib/reviews.ts"): "the build copies the value of SANITY_EDITOR_TOKEN into the client bundle",
    (
        "expo",
        "src/lib/journal.ts",
    ): "the configuration publishes the value of expoConfig.extra.sanityWriteToken to the browser",
    ("next-pages", "src/lib/upload.ts"): (
        "the configuration publishes the value of publicRuntimeConfig.sanityToken to the browser"
    ),
    ("nuxt", "app/composables/useLikes.ts"): (
        "the configuration publishes the value of public.sanityWriteToken to the browser"
    ),
    ("vite-react", "src/lib/orders.ts"): "Vite leaves a variable without the prefix VITE_ undefined in the browser",
    ("webpack", "src/sanity.js"): "webpack puts a variable into the client bundle only if DefinePlugin",
    ("plain-html", "index.html"): "the token is hard-coded, so the client bundle contains it",
}


@pytest.mark.parametrize(("project", "path"), SHIPPED)
def test_what_is_shipped_is_said_as_far_as_it_is_known(project: str, path: str, misuse: Any) -> None:
    (shipped,) = (
        finding["shipped"]
        for finding in misuse(project).misuse
        if (finding["rule"], finding["path"]) == ("sanity-token-in-client-code", path)
    )
    assert shipped.startswith(SHIPPED[project, path])


VITE: Final = {"package.json": '{"private": true, "devDependencies": {"vite": "7.0.0", "react-scripts": "5.0.0"}}'}


@pytest.mark.parametrize(
    ("cwd", "named", "shown"), [("", ".", "src/b.ts"), ("src", "..", "b.ts"), ("..", "t", "t/src/b.ts")]
)
def test_a_file_that_the_walk_leaves_out_is_shown_like_any_other(
    tmp_path: Path, cwd: str, named: str, shown: str
) -> None:
    settings = "export const settings = {projectId: 'abcd1234', token: import.meta.env.VITE_SANITY_TOKEN}"
    client = "import {createClient} from '@sanity/client'\nimport {settings} from './b'\ncreateClient({...settings})"
    folder = repository(tmp_path / "t")
    write(folder, {**VITE, ".gitignore": "b.ts", "src/b.ts": settings, "src/main.ts": client})
    (finding,) = frontleak("scan", named, "--format=json", cwd=folder / cwd).json()["findings"]
    assert finding["path"] == shown
    assert [link["path"] for link in finding["chain"]] == [shown.replace("b.ts", "main.ts"), shown]


ALONE: Final = (
    *("VITE_OPENAI_API_KEY", "VITE_ANTHROPIC_KEY", "VITE_ADMIN_PASSWORD", "VITE_DB_PASSWD", "VITE_AWS_ACCESS_KEY_ID"),
    *("VITE_SUPABASE_SERVICE_ROLE_KEY", "VITE_AWS_CREDENTIALS", "VITE_GPG_PASSPHRASE", "REACT_APP_SECRET"),
    *("VITE_SANITY_KEY", "VITE_STRIPE_SECRET_KEY", "VITE_SIGNING_KEY", "VITE_TOKEN", "REACT_APP_SENDGRID_API_KEY"),
)


def test_a_variable_is_found_where_nothing_else_draws_attention(tmp_path: Path) -> None:
    files = {f"{number}/.env": f"{name}=\n" for number, name in enumerate(ALONE)}
    found = frontleak("scan", "--format=json", cwd=write(tmp_path, {**VITE, **files})).json()["findings"]
    assert {name for finding in found for name in finding["context"]["name"]} == set(ALONE)


# --- SARIF -----------------------------------------------------------------------------------------------------------


@functools.cache
def sarif_schema() -> Any:
    """Return a validator of SARIF 2.1.0."""
    schema = json.loads((ROOT / "tests" / "report" / "sarif-schema-2.1.0.json").read_text("utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def results(scanned: Scanned) -> dict[tuple[str, str, int], dict[str, Any]]:
    """Return the results of a SARIF log by rule, path and line."""
    found = {}
    for result in scanned.sarif["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        found[result["ruleId"], uri(place), place["region"]["startLine"]] = result
    return found


def uri(place: dict[str, Any]) -> str:
    """Return the unquoted path of a physical location."""
    assert place["artifactLocation"]["uriBaseId"] == "SRCROOT"
    return str(place["artifactLocation"]["uri"]).replace("%5B", "[").replace("%5D", "]")


@pytest.mark.parametrize("project", ["next-app", "astro", "vue", "webpack", "plain-html"])
def test_sarif_follows_the_official_schema(project: str, misuse: Any) -> None:
    log = misuse(project).sarif
    sarif_schema().validate(log)
    assert any("codeFlows" in result for result in log["runs"][0]["results"])


@each_project
def test_a_code_flow_lists_each_step_of_a_chain_in_order(project: str, misuse: Any) -> None:
    known = results(misuse(project))
    for finding in misuse(project).misuse:
        result = known[finding["rule"], finding["path"], finding["line"]]
        assert ("codeFlows" in result) == bool(finding["chain"])
        for flow in result.get("codeFlows", ()):
            (thread,) = flow["threadFlows"]
            locations = [step["location"] for step in thread["locations"]]
            assert [step(location) for location in locations] == [
                (link["path"], link["line"], link["column"]) for link in finding["chain"]
            ]
            messages = [location["message"]["text"] for location in locations]
            assert messages[0].startswith(finding["chain"][0]["why"])
            assert all(link["text"] in message for link, message in zip(finding["chain"], messages, strict=True))


def step(location: dict[str, Any]) -> tuple[str, int, int]:
    """Return path, line and column of a location."""
    place = location["physicalLocation"]
    return uri(place), place["region"]["startLine"], place["region"]["startColumn"]


@each_project
def test_a_result_says_what_is_shipped_and_what_to_do(project: str, misuse: Any) -> None:
    known = results(misuse(project))
    for finding in misuse(project).misuse:
        message = known[finding["rule"], finding["path"], finding["line"]]["message"]["text"]
        assert finding["title"] in message
        assert finding["shipped"][1:] in message
        assert message.endswith(finding["fix"])


# --- text ------------------------------------------------------------------------------------------------------------

NAMES: Final = {framework.name.split()[0] for framework in load_frameworks()} | {"Create"}


@each_project
def test_the_text_names_each_place_and_each_step_on_the_way(project: str, misuse: Any) -> None:
    lines = misuse(project).text.splitlines()
    for finding in misuse(project).misuse:
        start = f"{finding['path']}:{finding['line']}:{finding['column']}  {finding['severity']}  {finding['title']}"
        (at,) = (number for number, line in enumerate(lines) if line.startswith(start))
        section = lines[at : lines.index("", at)]
        steps = [line.split(":")[0].strip() for line in section if line.startswith(" " * 8) and line[8] != " "]
        chain = [link["path"] for link in finding["chain"]]
        assert steps == (chain if len(chain) > 1 else [])
        if len(chain) == 1:
            assert f"    This file is client-side code: {finding['chain'][0]['why']}" in section


@each_project
def test_a_sentence_begins_with_a_word_or_a_name_and_ends_once(project: str, misuse: Any) -> None:
    """`shipped` becomes a sentence with a capital letter, so a setting's name must not be the first word."""
    for finding in misuse(project).misuse:
        if finding["shipped"]:
            first = finding["shipped"].split()[0].rstrip(",")
            assert re.fullmatch("[a-z]+", first) or first in NAMES, finding["shipped"]
            assert not finding["shipped"].endswith(".")
        for text in (finding["why"], finding["fix"]):
            assert re.match(r"[A-Z`@]", text), text
            assert text.endswith((".", ")")), text


def said(scanned: Scanned, label: str) -> Sequence[str]:
    """Return the starts of the texts after a label in a text report."""
    return re.findall(rf"^    {label}  (.+)$", scanned.text, re.MULTILINE)


@each_project
def test_why_and_what_to_do_are_said_once_for_each_rule(project: str, misuse: Any) -> None:
    rules = {finding["rule"] for finding in misuse(project).json["findings"]}
    assert len(said(misuse(project), "why")) == len(rules)
    assert len(said(misuse(project), "fix")) == len(rules)
