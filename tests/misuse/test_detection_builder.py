"""Contents of a code finding: place, import path, shipped text, confidence and fix."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.core.finding import Finding
from frontleak.core.vocabulary import Confidence, Severity
from tests.acceptance.support import token
from tests.support.code import Texts, misuse, package

RULE: Final = "sanity-token-in-client-code"


def only(files: Texts) -> Finding:
    """Return the only token finding in client-side code."""
    (finding,) = [finding for finding in misuse(files) if finding.rule_id == RULE]
    return finding


NEXT: Final[Texts] = {
    "package.json": package("next", "@sanity/client"),
    "app/like.tsx": "'use client'\n\nimport {like} from '../lib/likes'\n\nexport const Like = () => <b onClick={like}/>\n",
    "lib/likes.ts": "import {inc} from './math'\n  import {client} from './sanity' // what writes\nexport const like = () => client.fetch(inc)\n",
    "lib/math.ts": "export const inc = 1\n",
    "lib/sanity.ts": "import {createClient} from '@sanity/client'\n\n"
    "export const client = createClient({\n  projectId: 'a',\n  token: process.env.SANITY_TOKEN,\n})\n",
}


def test_the_place_is_the_value_of_the_token() -> None:
    place = only(NEXT).place
    assert (place.line, place.column, place.end_line, place.end_column) == (5, 10, 5, 34)
    text = str(NEXT["lib/sanity.ts"])
    assert text[place.offset : place.offset + place.length] == "process.env.SANITY_TOKEN"


def test_each_step_of_the_chain_names_the_import_that_leads_on() -> None:
    import_path = [(hop.origin.path, hop.line, hop.column, hop.why, hop.text) for hop in only(NEXT).import_path]
    assert import_path == [
        ("app/like.tsx", 3, 20, "'use client'", "import {like} from '../lib/likes'"),
        ("lib/likes.ts", 2, 24, "", "import {client} from './sanity' // …(11)"),
        ("lib/sanity.ts", 5, 10, "", "token: process.env.SANITY_TOKEN,"),
    ]


WHY: Final[Mapping[str, tuple[Texts, str]]] = {
    "a page": ({"package.json": package("next"), "pages/a.tsx": ""}, "page"),
    "a directive": ({"package.json": package("next"), "a.tsx": "'use client'\n"}, "'use client'"),
    "the framework's entry": ({"package.json": package("vite"), "src/main.ts": ""}, "entry"),
    "a page of HTML": ({"package.json": package("vite"), "index.html": ""}, "a page"),
    "the script of a page of HTML": (
        {"package.json": package("vite"), "a.ts": "", "web/index.html": '<script src="../a.ts"></script>'},
        "<script> of index.html",
    ),
    "a script of Astro": ({"package.json": package("astro"), "src/a.astro": ""}, "<script>"),
    "an island of Astro": (
        {
            "package.json": package("astro"),
            "a.tsx": "",
            "src/i.astro": "---\nimport A from '../a'\n---\n<A client:load/>",
        },
        "client: island of i.astro",
    ),
    "an entry of webpack": (
        {"package.json": package("webpack"), "a.ts": "", "webpack.prod.js": "module.exports = {entry: './a.ts'}"},
        "entry of webpack.prod.js",
    ),
}
CODE: Final = (
    "import {createClient} from '@sanity/client'\nexport default createClient({token: process.env.SANITY_TOKEN})\n"
)


@pytest.mark.parametrize(("files", "why"), WHY.values(), ids=WHY)
def test_why_a_file_is_an_entry(files: Texts, why: str) -> None:
    def code(path: str, text: str | bytes) -> str | bytes:
        if path.endswith((".html", ".astro")) and not text:
            return f"<script type='module'>\n{CODE}</script>"
        return f"{text!s}{CODE}" if path.endswith((".ts", ".tsx")) else text

    assert only({path: code(path, text) for path, text in files.items()}).import_path[0].why == why


def test_a_chain_of_one_file() -> None:
    (hop,) = only({"package.json": package("vite"), "src/main.ts": CODE}).import_path
    assert (hop.origin.path, hop.line, hop.why) == ("src/main.ts", 2, "entry")


SHIPPED: Final[Mapping[str, tuple[str, str, str]]] = {
    "a literal": (
        "next",
        f"'{token()}'",
        "the token is hard-coded, so the client bundle contains it",
    ),
    "a public variable": (
        "next",
        "process.env.NEXT_PUBLIC_SANITY_TOKEN",
        "the build copies the value of NEXT_PUBLIC_SANITY_TOKEN into the client bundle",
    ),
    "a variable of the server": (
        "next",
        "process.env.SANITY_TOKEN",
        (
            "Next.js leaves a variable without the prefix NEXT_PUBLIC_ undefined in the browser unless its configuration "
            "publishes it; this code therefore either fails without the token or ships it, and the usual workarounds, "
            "a public prefix or a bundler setting, ship it"
        ),
    ),
    "a variable of the server, with a literal beside it": (
        "next",
        f"process.env.SANITY_TOKEN || '{token()}'",
        "the token is hard-coded, so the client bundle contains it",
    ),
    "a variable of the server in Vite": (
        "vite",
        "import.meta.env.SANITY_TOKEN",
        (
            "Vite leaves a variable without the prefix VITE_ undefined in the browser unless its configuration publishes it; "
            "this code therefore either fails without the token or ships it, and the usual workarounds, "
            "a public prefix or a bundler setting, ship it"
        ),
    ),
    "a variable and no framework": (
        "left-pad",
        "process.env.SANITY_TOKEN",
        "the bundler decides whether the client bundle contains the value",
    ),
}


@pytest.mark.parametrize(("framework", "expression", "shipped"), SHIPPED.values(), ids=SHIPPED)
def test_what_is_shipped(framework: str, expression: str, shipped: str) -> None:
    code = "'use client'\nimport {createClient} from '@sanity/client'\n" + f"createClient({{token: {expression}}})"
    assert only({"package.json": package(framework), "a.ts": code}).shipped == shipped


def test_a_package_without_a_framework_is_told_of_by_those_of_whoever_uses_it() -> None:
    finding = only(
        {
            "package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}',
            "apps/web/package.json": package("vite", "@our/sanity"),
            "apps/web/src/main.ts": "import '@our/sanity'",
            "packages/sanity/package.json": '{"name": "@our/sanity", "private": true, "main": "./index.ts"}',
            "packages/sanity/index.ts": CODE,
        }
    )
    assert finding.shipped.startswith("Vite leaves a variable without the prefix VITE_ undefined")
    assert "Call your own API route or serverless function" in finding.fix


FIXES: Final[Mapping[str, tuple[list[str], str, str]]] = {
    "Next": (["next"], "a.tsx", "Move the call into a route handler or a server action"),
    "Next before what it is built with": (["next", "vite", "webpack"], "a.tsx", "Move the call into a route handler"),
    "a site with a Studio": (["next", "sanity"], "a.tsx", "Move the call into a route handler"),
    "a Studio": (["sanity"], "a.tsx", "Use `useClient()` in the Studio"),
    "Vite": (["vite"], "a.tsx", "Call your own API route or serverless function"),
    "SvelteKit on Vite": (["@sveltejs/kit", "vite"], "a.tsx", "Move the call into `+page.server.ts`"),
    "Nuxt": (["nuxt"], "a.tsx", "Move the call into a handler under server/api"),
    "Astro": (["astro"], "a.tsx", "Read from Sanity in the frontmatter or an endpoint"),
    "React Router": (["@react-router/dev"], "a.tsx", "Keep the client in a `.server` module"),
    "Gatsby": (["gatsby"], "a.tsx", "Move the call into a function under src/api"),
    "Expo": (["expo"], "a.tsx", "Move the call into an API route (`+api.ts`)"),
    "nothing that is known": (["left-pad"], "a.tsx", "Remove the token from client-side code"),
}


@pytest.mark.parametrize(("frameworks", "path", "fix"), FIXES.values(), ids=FIXES)
def test_the_way_out(frameworks: list[str], path: str, fix: str) -> None:
    finding = only({"package.json": package(*frameworks), path: f"'use client'\n{CODE}"})
    assert finding.fix.startswith("Remove the token from client-side code and call an API route that holds it.")
    assert fix in finding.fix
    assert (
        "revoke the token at https://www.sanity.io/manage (project, API, Tokens) and create a new one." in finding.fix
    )


def test_what_the_server_gives_away_is_mended_where_it_is_given() -> None:
    page = "export async function getServerSideProps() { return {props: {token: process.env.SANITY_TOKEN}} }"
    (finding,) = misuse({"package.json": package("next"), "pages/a.tsx": f"export default () => null\n{page}"})
    assert finding.fix.startswith("Pass the data, not the secret")
    assert "Move the call" not in finding.fix


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("SANITY_TOKEN", Severity.HIGH),
        ("SANITY_WRITE_TOKEN", Severity.CRITICAL),
        ("SANITY_EDITOR_TOKEN", Severity.CRITICAL),
        ("SANITY_READ_TOKEN", Severity.MEDIUM),
        ("SANITY_VIEWER_TOKEN", Severity.MEDIUM),
    ],
)
def test_a_token_weighs_what_its_name_says(name: str, severity: Severity) -> None:
    code = CODE.replace("SANITY_TOKEN", name)
    assert only({"package.json": package("vite"), "src/main.ts": code}).severity is severity


def test_a_token_for_reading_that_writes_is_one_that_writes() -> None:
    code = CODE.replace("SANITY_TOKEN", "SANITY_READ_TOKEN").replace("export default", "const client =")
    tree = {"package.json": package("vite"), "src/main.ts": f"{code}client.create({{_type: 'a'}})"}
    assert only(tree).severity is Severity.CRITICAL


BARREL: Final[Texts] = {
    "package.json": package("next"),
    "app/a.tsx": "'use client'\nimport {title} from '../lib'\nexport const A = () => title\n",
    "lib/index.ts": "export * from './sanity'\nexport {title} from './title'\n",
    "lib/title.ts": "export const title = 'a'\n",
    "lib/sanity.ts": CODE.replace("export default", "export const client ="),
}


def test_a_barrel_that_hands_on_something_else_makes_it_less_sure() -> None:
    """A bundler may remove the client if nothing of it is used."""
    finding = only(BARREL)
    assert [hop.origin.path for hop in finding.import_path] == ["app/a.tsx", "lib/index.ts", "lib/sanity.ts"]
    assert finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    "code",
    [
        "import {client} from '../lib'\nexport const A = () => client",
        "import {title, client} from '../lib'\nexport const A = () => [title, client]",
        "import * as all from '../lib'\nexport const A = () => all",
        "import '../lib'",
        "export * from '../lib'",
    ],
    ids=["the client", "the client and more", "everything", "its effect", "everything exported on"],
)
def test_a_barrel_that_hands_on_the_client_is_sure(code: str) -> None:
    assert only({**BARREL, "app/a.tsx": f"'use client'\n{code}\n"}).confidence is Confidence.HIGH


def test_a_barrel_of_barrels() -> None:
    tree = {
        **BARREL,
        "app/a.tsx": "'use client'\nimport {title} from '../all'\nexport const A = () => title\n",
        "all.ts": "export {title} from './lib'\n",
    }
    assert only(tree).confidence is Confidence.MEDIUM


def test_a_secret_beside_a_place_is_not_shown() -> None:
    secret, other = token(), token("other")
    code = f"import {{createClient}} from '@sanity/client'\nexport default createClient({{a: '{other}', token: '{secret}'}})\n"
    finding = only({"package.json": package("vite"), "src/main.ts": code})
    for shown in (finding.snippet, *(hop.text for hop in finding.import_path), finding.shipped, str(finding.context)):
        assert secret[6:30] not in shown
        assert other[6:30] not in shown
    assert finding.snippet == "export default createClient({a: '…(180)', token: '…(180)'})"


@pytest.mark.parametrize("before", range(0, 260, 13))
def test_a_secret_beside_a_place_is_not_shown_wherever_a_long_line_is_cut(before: int) -> None:
    secret = token()
    code = (
        "import {createClient} from '@sanity/client'; "
        f"const a = '{secret}'; /*{'-' * before}*/ createClient({{token: process.env.SANITY_TOKEN, a: '{secret}'}})"
    )
    finding = only({"package.json": package("vite"), "src/main.ts": code})
    assert len(finding.snippet) <= 100
    for start in range(len(secret) - 12):
        assert secret[start : start + 12] not in finding.snippet


def test_names_that_would_change_a_terminal_are_written_with_escapes() -> None:
    code = "import {createClient} from '@sanity/client'\ncreateClient({token: process.env['A_\\u202e_TOKEN']}) // \u202e\x1b[31m\n"
    finding = only({"package.json": package("vite"), "src/main.ts": code})
    assert finding.context["name"] == ("A_\\u202e_TOKEN",)
    assert "\u202e" not in finding.snippet
    assert "\x1b" not in finding.snippet


def test_columns_count_utf_16_units_as_editors_do() -> None:
    code = "import {createClient} from '@sanity/client'\nconst a = '🔑é', b = createClient({token: process.env.SANITY_TOKEN})\n"
    place = only({"package.json": package("vite"), "src/main.ts": code}).place
    line = code.splitlines()[1]
    units = len(line[: line.index("process")].encode("utf-16-le")) // 2
    assert (place.line, place.column) == (2, units + 1)


def test_the_same_finding_keeps_its_identity_when_lines_move() -> None:
    moved = {**NEXT, "lib/sanity.ts": "\n// a comment\n" + str(NEXT["lib/sanity.ts"])}
    assert only(moved).fingerprint == only(NEXT).fingerprint
    assert only(moved).place.line == 7


def test_two_clients_of_a_file_are_two_findings() -> None:
    code = CODE + CODE.replace("export default", "export const b =").replace(
        "import {createClient} from '@sanity/client'\n", ""
    )
    found = misuse({"package.json": package("vite"), "src/main.ts": code})
    assert len({finding.fingerprint for finding in found}) == len(found) == 2
