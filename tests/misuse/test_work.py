"""Amount of work: a hook on a few files scans imports and parses only what it needs, each file once."""

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from frontleak.core.garbage import collector_paused
from frontleak.core.vocabulary import RuleKind
from frontleak.js.module import Expr, Module
from frontleak.js.references import References
from frontleak.js.scopes import parse_module
from frontleak.misuse import analyse as analysis
from frontleak.misuse import project_files
from frontleak.misuse.analyse import MOST_ALONE, FileMisuses, analyse
from frontleak.misuse.leads import Leads
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.project_files import projects
from frontleak.modulegraph import file_summary as summaries
from frontleak.modulegraph.reachability import Reachability
from frontleak.rules.misuse_rule import MisuseRule
from frontleak.scanning.options import ScanOptions
from frontleak.scanning.scan import scan as scan_whole
from tests.acceptance.support import frontleak, git, repository, write
from tests.acceptance.test_source_fixtures_shape import PROJECTS, SOURCES
from tests.support.code import package, scanned
from tests.support.made import scan_paths
from tests.support.shipped import full_set

CLIENT: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'a', token: process.env.A_TOKEN})\n"
)
FOLDERS: Final = ("app", "components", "hooks", "lib", "utils")
COUNT: Final = 300


def modules() -> dict[str, str]:
    """Return an app of three hundred modules, each importing the two before it, and four more named ones."""
    files = {"package.json": package("next", "@sanity/client")}
    for number in range(COUNT):
        folder = FOLDERS[number % len(FOLDERS)]
        imports = "".join(
            f"import {{m{other}}} from '../{FOLDERS[other % len(FOLDERS)]}/m{other}'\n"
            for other in (number - 1, number - 2)
            if other >= 0
        )
        files[f"{folder}/m{number}.ts"] = f"{imports}export const m{number} = {number} // its token count\n"
    files["app/a.tsx"] = "'use client'\nimport {like} from '../lib/like'\nexport const A = () => like()\n"
    files["lib/like.ts"] = "import {client} from './sanity'\nexport const like = () => client.fetch('*')\n"
    files["lib/sanity.ts"] = CLIENT
    files["app/page.tsx"] = f"import {{m{COUNT - 1}}} from '../utils/m{COUNT - 1}'\nexport default () => m{COUNT - 1}\n"
    return files


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write that app into a repository."""
    return write(repository(tmp_path_factory.mktemp("app")), modules())


def scan(folder: Path, *named: str) -> dict[str, Any]:
    """Return the JSON report of a scan of some files."""
    return frontleak("scan", "--format=json", *named, cwd=folder).json()


def code(report: dict[str, Any]) -> tuple[int, int]:
    """Return the number of files scanned for imports and the number parsed."""
    assert report["coverage"]["code"].get("damaged", 0) == 0
    return report["coverage"]["code"].get("files", 0), report["coverage"]["code"].get("parsed", 0)


def test_files_without_a_sign_of_sanity_are_not_analysed_at_all(app: Path) -> None:
    report = scan(app, "app/m0.ts", "components/m1.ts", "hooks/m2.ts")
    assert report["findings"] == []
    assert report["coverage"]["code"] == {}
    assert sum(report["coverage"]["files"].values()) == 3


def test_a_hook_on_three_files_parses_the_way_to_the_browser_and_no_more(app: Path) -> None:
    report = scan(app, "lib/sanity.ts", "app/m0.ts", "components/m1.ts")
    assert [finding["rule"] for finding in report["findings"]] == ["sanity-token-in-client-code"]
    assert [hop["path"] for hop in report["findings"][0]["chain"]] == ["app/a.tsx", "lib/like.ts", "lib/sanity.ts"]
    assert sum(report["coverage"]["files"].values()) == 3
    # every file is scanned for imports, because any may start the import path; three are parsed
    assert code(report) == (COUNT + 4, 3)


def test_a_hook_on_client_code_that_begins_to_import_the_servers_client(app: Path) -> None:
    """The changed file has no token, but the modules it makes reachable do."""
    write(
        app, {"components/new.tsx": "'use client'\nimport {client} from '../lib/sanity'\nexport const N = () => client"}
    )
    try:
        report = scan(app, "components/new.tsx")
    finally:
        (app / "components" / "new.tsx").unlink()
    (finding,) = report["findings"]
    assert (finding["rule"], finding["path"]) == ("sanity-token-in-client-code", "lib/sanity.ts")
    assert [hop["path"] for hop in finding["chain"]] == ["components/new.tsx", "lib/sanity.ts"]
    assert code(report) == (COUNT + 5, 2)


def test_a_hook_tells_nothing_of_what_the_browser_gets_without_the_files_it_is_given(app: Path) -> None:
    write(
        app, {"app/api/route.ts": "import {client} from '../../lib/sanity'\nexport const GET = () => client.fetch('*')"}
    )
    try:
        report = scan(app, "app/api/route.ts")
    finally:
        (app / "app" / "api" / "route.ts").unlink()
    assert report["findings"] == []


def test_a_hook_on_writing_through_an_imported_client(tmp_path: Path) -> None:
    files = {
        "package.json": package("vite", "@sanity/client"),
        "src/sanity.ts": "import {createClient} from '@sanity/client'\nexport const client = createClient({projectId: 'a'})",
        "src/main.ts": "import './like'",
        "src/like.ts": "import {client} from './sanity'\nclient.create({_type: 'like'})",
    }
    report = scan(write(repository(tmp_path), files), "src/like.ts")
    assert [(finding["rule"], finding["path"]) for finding in report["findings"]] == [
        ("sanity-write-in-client-code", "src/like.ts")
    ]


def test_a_hook_on_a_file_that_nothing_imports_parses_that_file(app: Path) -> None:
    write(app, {"scripts/seed.ts": CLIENT})
    try:
        report = scan(app, "scripts/seed.ts")
    finally:
        (app / "scripts" / "seed.ts").unlink()
    assert report["findings"] == []
    assert code(report)[1] == 1


def test_a_hook_on_settings_parses_no_file(app: Path) -> None:
    write(app, {".env.production": "NEXT_PUBLIC_A_TOKEN=\n"})
    try:
        report = scan(app, ".env.production")
    finally:
        (app / ".env.production").unlink()
    assert [finding["rule"] for finding in report["findings"]] == ["public-env-secret"]
    assert code(report)[1] == 0
    assert code(report)[0] <= 1


def test_the_whole_tree_is_parsed_where_it_is_worth_it_only(app: Path) -> None:
    report = scan(app, ".")
    assert len(report["findings"]) == 1
    assert code(report) == (COUNT + 4, 3)


# --- once ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count how often files are scanned for imports and parsed."""
    counts: Counter[str] = Counter()

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return real(*arguments)

        return call

    monkeypatch.setattr(summaries, "_summarise", counted("summaries", summaries._summarise))
    monkeypatch.setattr("frontleak.js.parsed_files.parse_module", counted("parsed", parse_module))
    yield counts


def test_the_projects_of_a_tree_share_one_graph(seen: Counter[str]) -> None:
    """Twenty apps that use a package of the same workspace: each file is scanned once and parsed at most once."""
    files = {
        "package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}',
        "packages/sanity/package.json": '{"name": "@our/sanity", "private": true, "main": "./index.ts"}',
        "packages/sanity/index.ts": CLIENT,
    }
    for number in range(20):
        files[f"apps/a{number}/package.json"] = package("next", "@our/sanity")
        files[f"apps/a{number}/app/a.tsx"] = "'use client'\nexport * from '../lib/sanity'\n"
        files[f"apps/a{number}/lib/sanity.ts"] = "import {client} from '@our/sanity'\nclient.create({})\n" + CLIENT
    report = scanned(files)
    assert len([finding for finding in report.findings if finding.kind is RuleKind.USAGE]) >= 20
    assert seen["summaries"] == 41
    assert seen["parsed"] == 41
    assert report.coverage.code == {"files": 41, "parsed": 41, "damaged": 0}


def test_a_file_is_parsed_once_however_many_chains_lead_through_it(seen: Counter[str]) -> None:
    files = {"package.json": package("next"), "lib/all.ts": "".join(f"export * from './m{n}'\n" for n in range(40))}
    files["app/a.tsx"] = "'use client'\nimport * as all from '../lib/all'\nexport const A = () => all\n"
    files |= {f"lib/m{number}.ts": CLIENT.replace("client =", f"client{number} =") for number in range(40)}
    assert len(scanned(files).findings) == 40
    assert seen == {"summaries": 42, "parsed": 42}


def test_a_commit_that_brings_the_token_is_stopped(tmp_path: Path) -> None:
    folder = write(
        repository(tmp_path), {**modules(), "lib/sanity.ts": CLIENT.replace(", token: process.env.A_TOKEN", "")}
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a")
    assert scan(folder, ".")["findings"] == []
    write(folder, {"lib/sanity.ts": CLIENT, "app/m0.ts": "export const m0 = 1\n"})
    changed = git(folder, "diff", "--name-only").decode().split()
    assert changed == ["app/m0.ts", "lib/sanity.ts"]
    report = scan(folder, *changed)
    assert [finding["rule"] for finding in report["findings"]] == ["sanity-token-in-client-code"]
    assert code(report)[1] == 3


def test_calls_are_followed_to_a_client_only_where_imports_lead_to_one(tmp_path: Path) -> None:
    """A call may create a client in the function of another module; where no import leads to one, it is not parsed."""
    files = {
        "package.json": package("next", "@sanity/client"),
        "lib/a.ts": "import {help} from './help'\nexport const used = process.env.SANITY_TOKEN\nhelp()",
        "lib/help.ts": "import {more} from './more'\nexport const help = () => more()",
        "lib/more.ts": "export const more = () => 1",
    }
    assert code(scan(write(repository(tmp_path), files), ".")) == (3, 1)


@pytest.mark.parametrize("client", ["picosanity", "https://esm.sh/@sanity/client@7"])
def test_calls_are_followed_to_a_client_through_modules_that_do_not_name_it(tmp_path: Path, client: str) -> None:
    files = {
        "package.json": package("vite", client),
        "src/main.ts": "import {make} from './make'\nconst it = make({token: import.meta.env.VITE_A_TOKEN})\nit.fetch('*')",
        "src/make.ts": "export {build as make} from './build'",
        "src/build.ts": f"import {{createClient}} from '{client}'\nimport other from '{client}'\n"
        "export const build = (o) => (o.a ? createClient : other)(o)\nexport function build2(o) { return other(o) }",
    }
    (first, *_) = scan(write(repository(tmp_path), files), ".")["findings"]
    assert first["path"] == "src/main.ts"


# --- what cannot lead to a client, an address or a secret ------------------------------------------------------------

SILENT: Final[dict[str, dict[str, str]]] = {
    "a function that the file with the client calls": {
        "lib/a.ts": CLIENT + "import {help} from './help'\nhelp(client)",
        "lib/help.ts": "import {more} from './more'\nexport const help = (o) => more(o)",
        "lib/more.ts": "export const more = (o) => o",
    },
    "a package of Sanity that creates no client": {
        "lib/a.ts": CLIENT + "import {help} from './help'\nhelp(client)",
        "lib/help.ts": "import {Card} from '@sanity/ui'\nexport const help = () => Card",
    },
    "an address of a request elsewhere": {
        "lib/a.ts": "import {HOST} from './hosts'\nfetch(HOST, {headers: {accept: process.env.SANITY_API_TOKEN}})",
        "lib/hosts.ts": "export const HOST = 'https://api.example.com'",
    },
    "other exports of a package that also creates clients": {
        "lib/a.ts": CLIENT + "import {help} from './help'\nhelp(client)",
        "lib/help.ts": "import {defineType, type Rule} from 'sanity'\nexport const help = () => defineType({})",
    },
    "data that is imported": {
        "lib/a.ts": CLIENT + "import {help} from './help'\nhelp(client)",
        "lib/help.ts": "import data from './data.json'\nexport const help = () => data.version",
    },
    "a read of an environment variable that holds no secret": {
        "lib/a.ts": CLIENT.replace(", token: process.env.A_TOKEN", "")
        + "import {help} from './help'\nhelp({value: help(client)})",
        "lib/help.ts": "export const help = (o) => process.env.NODE_ENV === 'test' && o",
    },
    "an element without a secret": {
        "lib/a.tsx": CLIENT + "import {Card} from './card'\nexport const A = () => <Card title='a' kind={1 + 1} />",
        "lib/card.tsx": "export const Card = ({title}) => <b>{title}</b>",
    },
    "what an element of a package is given": {
        "lib/a.tsx": CLIENT.replace(", token: process.env.A_TOKEN", "") + "import {Box} from 'ui'\n"
        "import {theme} from './theme'\nexport const A = () => <Box {...theme} />",
        "lib/theme.ts": "export const theme = {color: 'red'}",
    },
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_only_the_file_itself_is_parsed_where_it_leads_to_nothing_else(tmp_path: Path, files: dict[str, str]) -> None:
    tree = {"package.json": package("next", "@sanity/client"), **files}
    assert code(scan(write(repository(tmp_path), tree), ".")) == (len(files), 1)


@pytest.mark.parametrize("project", PROJECTS)
def test_what_is_not_parsed_has_no_findings(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same is found where every file may lead to a client, an address and a secret, and may be reachable."""
    options = ScanOptions(paths=(str(SOURCES / project),), jobs=1)
    found = scan_whole(full_set(), options)
    for name in ("to_client", "to_request", "to_secret"):
        monkeypatch.setattr(Leads, name, lambda *_: True)
    monkeypatch.setattr(Leads, "to_any", lambda *_: lambda _: True)
    monkeypatch.setattr(Reachability, "may_be_reachable", lambda *_: True)
    everything = scan_whole(full_set(), options)
    assert found.findings == everything.findings
    assert found.coverage.code["parsed"] <= everything.coverage.code["parsed"]


def test_an_address_and_a_component_of_another_file_count_where_there_is_a_secret(tmp_path: Path) -> None:
    files = {
        "package.json": package("next"),
        "src/app/page.tsx": "import {Card} from '../card'\nexport default () => <Card title={process.env.SANITY_TOKEN} />",
        "src/card.tsx": "'use client'\nimport {HOST} from './hosts'\nconst headers = {Authorization: process.env.SANITY_B_TOKEN}\n"
        "export const Card = ({title}) => <b onClick={() => fetch(HOST, {headers})}>{title}</b>",
        "src/hosts.ts": "export {HOST} from './names'",
        "src/names.ts": "export const HOST = 'https://abc.api.sanity.io/v1'",
    }
    found = {(each["rule"], each["path"]) for each in scan(write(repository(tmp_path), files), ".")["findings"]}
    assert found == {("sanity-token-to-browser", "src/app/page.tsx"), ("sanity-token-in-client-code", "src/card.tsx")}


def test_the_trees_of_a_project_are_gone_after_it_without_the_collector(tmp_path: Path) -> None:
    """A cycle would keep them until the collector has looked at each of their nodes."""
    write(tmp_path, {"package.json": package("next", "@sanity/client"), **SILENT["an element without a secret"]})
    gc.collect()
    with collector_paused():
        scan_paths(str(tmp_path))
        left = [each for each in gc.get_objects() if isinstance(each, Module)]
    assert left == []


@pytest.mark.parametrize(("variable", "parsed"), [("STRIPE_KEY", 1), ("NEXT_PUBLIC_STRIPE_SECRET", 2)])
def test_a_test_is_parsed_only_for_a_variable_that_it_names(seen: Counter[str], variable: str, parsed: int) -> None:
    imports = "import {KEY} from './a'\n"
    files = {
        "package.json": package("next", "vite"),
        "lib/a.ts": "export const KEY = process.env.STRIPE_SECRET_KEY",
        "lib/a.test.ts": f"{imports}test('its token', () => expect(KEY).toBe(import.meta.env.{variable}))",
    }
    report = scanned(files)
    assert [each.rule_id for each in report.findings] == ["public-env-secret"] * (parsed - 1)
    assert seen["parsed"] == parsed


@pytest.mark.parametrize(
    ("own", "shared", "projects_of_page"),
    [
        ("export const own = process.env.OTHER_SECRET_KEY", "export const KEY = process.env.STRIPE_SECRET_KEY", 1),
        ("export const own = 1", "export const KEY = process.env.STRIPE_SECRET_KEY", 1),
        ("export const own = process.env.OTHER_SECRET_KEY", f"{CLIENT}export const KEY = process.env.A_TOKEN", 2),
    ],
    ids=["both have a secret", "only the package has one", "the package has a client"],
)
def test_a_file_that_two_projects_of_a_tree_would_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, shared: str, projects_of_page: int
) -> None:
    def counted(project: AnalysedProject, rules: Sequence[MisuseRule], path: str) -> Any:
        looked_at.append(path)
        return misuses(project, rules, path)

    looked_at: list[str] = []
    misuses = analysis._misuses
    monkeypatch.setattr(analysis, "_misuses", counted)
    write(
        tmp_path,
        {
            "package.json": '{"private": true, "workspaces": ["app", "shared"]}',
            "shared/package.json": '{"name": "@a/shared", "private": true, "main": "index.ts"}',
            "shared/index.ts": shared,
            "app/package.json": package("next", "@a/shared"),
            "app/lib/own.ts": own,
            "app/app/card.tsx": "'use client'\nexport const Card = ({title}) => <b>{title}</b>",
            "app/app/page.tsx": "import {KEY} from '@a/shared'\nimport {own} from '../lib/own'\n"
            "import {Card} from './card'\nexport default () => <Card title={KEY} token={own.length} />",
        },
    )
    found = scan_paths(str(tmp_path)).findings
    assert [(each.rule_id, each.place.line) for each in found] == [("sanity-token-to-browser", 4)]
    assert looked_at.count(f"{tmp_path}/app/app/page.tsx") == projects_of_page


@pytest.mark.parametrize(("sent", "expected"), [("KEY.length", []), ("KEY", ["sanity-token-to-browser"])])
@pytest.mark.parametrize("around", [{}, {"lib/root.ts": "export const SECRET = process.env.ROOT_SECRET_KEY"}], ids=len)
def test_a_page_is_judged_by_its_own_framework_where_only_other_projects_have_secrets(
    tmp_path: Path, around: dict[str, str], sent: str, expected: list[str]
) -> None:
    root = {"private": True, "workspaces": ["app", "shared"], "devDependencies": {"vite": "7.0.0"}}
    write(
        tmp_path,
        {
            "package.json": json.dumps(root),
            "shared/package.json": '{"name": "@a/shared", "private": true, "main": "index.ts"}',
            "shared/index.ts": "export const KEY = process.env.STRIPE_SECRET_KEY",
            "app/package.json": package("next", "@a/shared"),
            "app/pages/index.tsx": "import {KEY} from '@a/shared'\nimport '../../lib/root'\n"
            f"export const getServerSideProps = () => ({{props: {{a: {sent}}}}})\nexport default () => null",
            **around,
        },
    )
    found = scan_paths(str(tmp_path)).findings
    assert [each.rule_id for each in found] == expected


def test_a_file_with_types_of_the_client_only_creates_none(tmp_path: Path) -> None:
    """Neither the file with the types is parsed nor the one between."""
    files = {
        "package.json": package("next", "@sanity/client"),
        "lib/a.ts": CLIENT + "import {help} from './help'\nhelp(client)",
        "lib/help.ts": "import {nothing, Kind} from './kinds'\nexport const help = (o: Kind) => nothing",
        "lib/kinds.ts": "import type {SanityClient} from '@sanity/client'\nexport type Kind = SanityClient\nexport const nothing = 0",
    }
    assert code(scan(write(repository(tmp_path), files), ".")) == (3, 1)


def test_a_project_that_exceeds_the_kept_trees_is_not_parsed_again_for_each_question(
    seen: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function makes a client with the token it is given; files that do not import it cannot call it."""
    monkeypatch.setattr("frontleak.js.parsed_files._MOST_CACHED", 1)
    maker = "import {createClient} from '@sanity/client'\nexport const make = (token) => createClient({token})\n"
    files = {"package.json": package("next", "@sanity/client"), "lib/client.ts": maker}
    files |= {f"lib/m{number}.ts": f"log(process.env.SANITY_TOKEN, {number})\n" for number in range(30)}
    scanned(files)
    assert seen["parsed"] <= 30 + 5


@pytest.mark.parametrize(("dependency", "sought"), [("next", 0), ("@sanity/client", 1)])
def test_the_providers_of_contexts_are_sought_only_where_a_client_is_made(
    monkeypatch: pytest.MonkeyPatch, dependency: str, sought: int
) -> None:
    elements: list[Expr] = []

    def called(_: References, element: Expr) -> Sequence[Expr]:
        elements.append(element)
        return ()

    monkeypatch.setattr("frontleak.misuse.project_clients.functions_called", called)
    context = "import {createContext, useContext} from 'react'\nconst Context = createContext(null)\n"
    reader = "export const A = () => useContext(Context).client.create({a: process.env.API_SECRET})\n"
    element = "export const B = () => <Context.Provider value={client}/>\n"
    imported = f"import {{createClient}} from '{dependency}'\nconst client = createClient({{}})\n"
    scanned({"package.json": package("next"), "app/a.tsx": f"'use client'\n{context}{imported}{reader}{element}"})
    assert len(elements) == sought


def test_all_checks_of_a_file_share_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: Counter[str] = Counter()

    def counted(path: str) -> bytes | None:
        counts[path.rpartition("/")[2]] += 1
        return on_disk(path)

    on_disk = project_files._on_disk
    monkeypatch.setattr(project_files, "_on_disk", counted)
    scanned({"package.json": package("next", "@sanity/client"), "lib/a.ts": CLIENT})
    assert counts["a.ts"] == 1


def test_what_all_files_of_a_large_project_need_is_found_before_other_processes_take_part(tmp_path: Path) -> None:
    files = {"package.json": package("next", "@sanity/client"), "lib/client.ts": CLIENT}
    files |= {f"lib/m{number}.ts": f"log(process.env.SANITY_TOKEN, {number})\n" for number in range(MOST_ALONE)}
    root = write(tmp_path.resolve(), files).as_posix()
    paths = [f"{root}/{path}" for path in files if path.endswith(".ts")]
    (project,) = projects(paths, paths, [root], lambda _: ())
    known: list[bool] = []

    def spread(
        paths: Sequence[str],
        function: Callable[[str], FileMisuses],
        died: Callable[[str, int | None], FileMisuses],
    ) -> list[FileMisuses]:
        known.append("_given" in vars(project.clients))
        return [function(path) for path in paths]

    rules = [rule for rule in full_set().others if isinstance(rule, MisuseRule)]
    assert not analyse([project], rules, str, spread=spread).diagnostics
    assert known == [True]


def test_other_processes_take_no_part_where_most_files_are_not_parsed(tmp_path: Path) -> None:
    files = {"package.json": package("next", "@sanity/client"), "lib/client.ts": CLIENT}
    files |= {f"lib/m{number}.ts": f"const token = {number}\n" for number in range(MOST_ALONE)}
    root = write(tmp_path.resolve(), files).as_posix()
    paths = [f"{root}/{path}" for path in files if path.endswith(".ts")]
    (project,) = projects(paths, paths, [root], lambda _: ())

    def spread(
        paths: Sequence[str],
        function: Callable[[str], FileMisuses],
        died: Callable[[str, int | None], FileMisuses],
    ) -> list[FileMisuses]:
        pytest.fail(f"other processes took part in {len(paths)} files")

    rules = [rule for rule in full_set().others if isinstance(rule, MisuseRule)]
    assert analyse([project], rules, str, spread=spread).parsed == 1
