"""Server secrets passed to the browser: as prop, data, response or cookie."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.code import Texts, misuse, package, places

RULE: Final = "sanity-token-to-browser"
TOKEN: Final = "process.env.SANITY_API_WRITE_TOKEN"
NEXT: Final = {
    "package.json": package("next"),
    "app/editor.tsx": "'use client'\nexport const Editor = (props) => <b {...props}/>\nexport const ui = {Editor}",
    "app/panel.tsx": "export const Panel = ({token}) => <b title={token.length}/>",
}
PAGE: Final = "import {{Editor}} from './editor'\nimport {{Panel}} from './panel'\nexport default () => {{ {} }}"

SILENT_PROPS: Final[Mapping[str, str]] = {
    "no secret": "return <Editor id={process.env.SANITY_PROJECT_ID}/>",
    "a public variable": "return <Editor id={process.env.NEXT_PUBLIC_SANITY_ID}/>",
    "whether there is a secret": f"return <Editor on={{Boolean({TOKEN})}}/>",
    "whether there is a secret, negated": f"return <Editor on={{!!{TOKEN}}}/>",
    "a comparison": f"return <Editor on={{{TOKEN} === 'a'}}/>",
    "what a request gives": f"return <Editor data={{await load({TOKEN})}}/>",
    "a server component": f"return <Panel token={{{TOKEN}}}/>",
    "a component of another package": f"return <Elsewhere token={{{TOKEN}}}/>",
    "a text": 'return <Editor token="process.env.SANITY_API_WRITE_TOKEN"/>',
    "a prop without a value": "return <Editor token/>",
}


@pytest.mark.parametrize("code", SILENT_PROPS.values(), ids=SILENT_PROPS)
def test_what_is_no_prop_with_a_secret(code: str) -> None:
    assert places({**NEXT, "app/page.tsx": PAGE.format(code)}) == []


PROPS: Final[Mapping[str, str]] = {
    "a prop": f"return <Editor token={{{TOKEN}}}/>",
    "a prop of an element with children": f"return <Editor token={{{TOKEN}}}>a</Editor>",
    "a constant": f"const token = {TOKEN}; return <Editor token={{token}}/>",
    "a member of a prop": f"return <Editor config={{{{sanity: {{token: {TOKEN}}}}}}}/>",
    "an item of a list": f"return <Editor config={{['a', {TOKEN}]}}/>",
    "a spread": f"const props = {{token: {TOKEN}}}; return <Editor {{...props}}/>",
    "a template": f"return <Editor header={{`Bearer ${{{TOKEN}}}`}}/>",
    "a default": f"return <Editor token={{{TOKEN} ?? ''}}/>",
    "an element of HTML": f"return <input value={{{TOKEN}}}/>",
}


@pytest.mark.parametrize("code", PROPS.values(), ids=PROPS)
def test_a_prop_with_a_secret(code: str) -> None:
    (finding,) = misuse({**NEXT, "app/page.tsx": PAGE.format(code)})
    assert (finding.rule_id, finding.severity, finding.context["name"]) == (
        RULE,
        "critical",
        ("SANITY_API_WRITE_TOKEN",),
    )


def test_what_holds_a_token_is_handed_on_by_a_page_that_names_none() -> None:
    files = {
        "lib/settings.ts": f"export const settings = {{sanity: {{token: {TOKEN}}}}}",
        "app/page.tsx": "import {settings} from '../lib/settings'\n"
        + PAGE.format("return <Editor settings={settings}/>"),
    }
    (finding,) = misuse({**NEXT, **files})
    assert [(hop.origin.path, hop.line) for hop in finding.import_path] == [("app/page.tsx", 4), ("lib/settings.ts", 1)]


CONFIG: Final = f"const config = {{site: 'a', ai: {{model: 'b', token: {TOKEN}}}}}\n"
SILENT_PARTS: Final[Mapping[str, str]] = {
    "the rest without the secret": "const {token, ...rest} = config.ai; return <Editor ai={rest}/>",
    "the rest, with another name for the secret": "const {token: _, ...rest} = config.ai; return <Editor ai={rest}/>",
    "the rest, with a default for the secret": "const {token = '', ...rest} = config.ai; return <Editor ai={rest}/>",
    "a rest inside of a pattern": "const {ai: {token, ...rest}} = config; return <Editor ai={rest}/>",
    "a rest without the member that holds the secret": "const {ai, ...rest} = config; return <Editor {...rest}/>",
    "the rest of a rest": "const {site, ...a} = config; const {ai, ...b} = a; return <Editor {...b}/>",
    "a spread whose secret is replaced": "return <Editor ai={{...config.ai, token: undefined}}/>",
    "a spread of a spread whose secret is replaced": "return <Editor ai={{...{...config.ai}, token: '***'}}/>",
    "a spread with whether there is a secret": "return <Editor ai={{...config.ai, token: !!config.ai.token}}/>",
    "a copy without the secret": "const ai = {...config.ai}; delete ai.token; return <Editor ai={ai}/>",
    "a copy without the secret by its text": "const ai = {...config.ai}; delete ai['token']; return <Editor ai={ai}/>",
    "a text with stars": f"return <Editor token={{{TOKEN}.replace(/./g, '*')}}/>",
    "a text with stars but for its end": f"return <Editor token={{{TOKEN}!.replace(/.(?=.{{4}})/g, '•')}}/>",
    "a text with stars for its letters": f"return <Editor token={{{TOKEN}.replaceAll(/[a-z0-9]/gi, '*')}}/>",
    "a text with stars in the middle": f"return <Editor token={{{TOKEN}.replace(/^(.{{3}}).*(.{{4}})$/, '$1…$2')}}/>",
    "a text with stars for a part": f"return <Editor token={{{TOKEN}.replace({TOKEN}.slice(4), '***')}}/>",
    "an address without its password": f"return <Editor at={{{TOKEN}.replace(/:[^:@]+@/, '@')}}/>",
    "another text without the secret": f"return <Editor text={{(await load()).replaceAll({TOKEN}, '[REDACTED]')}}/>",
    "what is signed by the method encode": f"return <Editor token={{jwt.encode({{a: 1}}, {TOKEN})}}/>",
    "JSON with a list of members": f"return <Editor text={{JSON.stringify({{a: 1, token: {TOKEN}}}, ['a'])}}/>",
    "JSON with a function that leaves members out": f"return <Editor text={{JSON.stringify({{token: {TOKEN}}}, redact)}}/>",
}


@pytest.mark.parametrize("code", SILENT_PARTS.values(), ids=SILENT_PARTS)
def test_what_is_left_of_a_value_without_its_secret(code: str) -> None:
    assert places({**NEXT, "app/page.tsx": CONFIG + PAGE.format(code)}) == []


PARTS: Final[Mapping[str, str]] = {
    "the rest with the secret": "const {model, ...rest} = config.ai; return <Editor ai={rest}/>",
    "a member of the rest": "const {model, ...rest} = config.ai; return <Editor ai={rest.token}/>",
    "the rest of a pattern with the secret": "const {site, ...rest} = config; return <Editor {...rest}/>",
    "a spread of the rest": "const {site, ...rest} = config; return <Editor config={{...rest}}/>",
    "a spread after another value": "return <Editor ai={{token: '', ...config.ai}}/>",
    "a copy without another member": "const ai = {...config.ai}; delete ai.model; return <Editor ai={ai}/>",
    "a text without quotes": f"""return <Editor token={{{TOKEN}.replace(/^"(.*)"$/, '$1')}}/>""",
    "a text with line breaks": f"return <Editor token={{{TOKEN}.replace(/\\\\n/g, '\\n')}}/>",
    "a text without spaces": f"return <Editor token={{{TOKEN}.replace(/[\\s]+/g, '')}}/>",
    "a text of letters and digits": f"return <Editor token={{{TOKEN}.replace(/[^a-z0-9]/g, '')}}/>",
    "a text without its beginning": f"return <Editor token={{{TOKEN}.replace('Bearer ', '')}}/>",
    "a place in another text": f"return <Editor text={{page.replace('%TOKEN%', {TOKEN})}}/>",
    "JSON with an indent": f"return <Editor text={{JSON.stringify({{token: {TOKEN}}}, null, 2)}}/>",
    "JSON with big numbers": f"return <Editor text={{JSON.stringify({{token: {TOKEN}}}, (_, a) => typeof a === 'bigint' ? 1 : a)}}/>",
}


@pytest.mark.parametrize("code", PARTS.values(), ids=PARTS)
def test_what_still_has_the_secret(code: str) -> None:
    assert len(misuse({**NEXT, "app/page.tsx": CONFIG + PAGE.format(code)})) == 1


SILENT_DATA: Final[Mapping[str, Texts]] = {
    "a page without secrets": {
        "pages/a.tsx": f"export const getStaticProps = async () => ({{props: {{a: await load({TOKEN})}}}})"
    },
    "a function of another name": {"pages/a.tsx": f"export const load = async () => ({{props: {{a: {TOKEN}}}}})"},
    "a function of another file": {
        "lib/a.ts": f"export const getStaticProps = async () => ({{props: {{a: {TOKEN}}}}})"
    },
    "an answer without secrets": {
        "app/api/route.ts": f"export const GET = async () => Response.json(await load({TOKEN}))"
    },
    "a request to elsewhere": {
        "app/api/route.ts": f"export const GET = () => fetch('https://example.com', {{headers: {{a: {TOKEN}}}}})"
    },
    "an answer that is read": {"lib/a.ts": f"export const f = async (r) => (await r.json()).a ?? {TOKEN}"},
    "a comparison": {"app/api/route.ts": f"export const GET = (r) => Response.json({{ok: r.a === {TOKEN}}})"},
    "what is logged": {"app/api/route.ts": f"export const GET = () => {{ log({TOKEN}); return new Response('') }}"},
    "settings of a cookie": {
        "app/api/route.ts": "export const GET = () => cookies().set('a', 'b', {secure: true}) // SANITY_TOKEN"
    },
}


@pytest.mark.parametrize("files", SILENT_DATA.values(), ids=SILENT_DATA)
def test_what_gives_no_secret_away(files: Texts) -> None:
    assert places({"package.json": package("next"), **files}) == []


DATA: Final[Mapping[str, tuple[str, str, str]]] = {
    "getStaticProps": (
        "next",
        "pages/a.tsx",
        "export const getStaticProps = async () => ({{props: {{a: {}}}}})\nexport default () => null",
    ),
    "getServerSideProps": (
        "next",
        "pages/a.tsx",
        "export async function getServerSideProps() {{ return {{props: {{a: {{b: {}}}}}}} }}\nexport default () => null",
    ),
    "a route handler": ("next", "app/api/route.ts", "export const GET = () => Response.json({{token: {}}})"),
    "a route handler of Next": (
        "next",
        "app/api/route.ts",
        "export const GET = () => NextResponse.json({{token: {}}})",
    ),
    "a new answer": ("next", "app/api/route.ts", "export const GET = () => new Response({})"),
    "an answer that is written as JSON": (
        "next",
        "app/api/route.ts",
        "export const GET = () => new Response(JSON.stringify({{a: {}}}))",
    ),
    "an API page": ("next", "pages/api/a.ts", "export default (req, res) => {{ res.status(200).json({{token: {}}}) }}"),
    "an API page that sends": ("next", "pages/api/a.ts", "export default (req, res) => res.send({})"),
    "a cookie": ("next", "app/api/route.ts", "export const GET = async () => {{ (await cookies()).set('a', {}) }}"),
    "a cookie of what is imported": (
        "next",
        "app/api/route.ts",
        "export const GET = async () => {{ const jar = await cookies(); jar.set('a', {}) }}",
    ),
    "a loader": (
        "@react-router/dev",
        "app/routes/a.tsx",
        "export const loader = () => ({{token: {}}})\nexport default () => null",
    ),
    "a loader that wraps": (
        "@remix-run/dev",
        "app/routes/a.tsx",
        "export const loader = () => json({{token: {}}})\nexport default () => null",
    ),
    "an action": (
        "@react-router/dev",
        "app/routes/a.tsx",
        "export const action = async () => ({{token: {}}})\nexport default () => null",
    ),
    "load of a page": ("@sveltejs/kit", "src/routes/+page.server.ts", "export const load = () => ({{token: {}}})"),
    "load of a layout": (
        "@sveltejs/kit",
        "src/routes/+layout.server.js",
        "export async function load() {{ return {{a: {}}} }}",
    ),
    "a handler of Nuxt": ("nuxt", "server/api/a.ts", "export default defineEventHandler(() => ({{token: {}}}))"),
    "getServerData": (
        "gatsby",
        "src/pages/a.tsx",
        "export const getServerData = async () => ({{props: {{a: {}}}}})\nexport default () => null",
    ),
    "the context of a page": (
        "gatsby",
        "gatsby-node.js",
        "exports.createPages = ({{actions}}) => actions.createPage({{context: {{a: {}}}}})",
    ),
    "a prop of an island": (
        "astro",
        "src/pages/index.astro",
        "---\nimport A from '../a'\nconst token = {}\n---\n<A client:load token={{token}}/>",
    ),
    "variables of a script": (
        "astro",
        "src/pages/index.astro",
        "---\nconst token = {}\n---\n<script define:vars={{{{token}}}}></script>",
    ),
    "an attribute of an element": ("astro", "src/pages/index.astro", "---\n---\n<b data-a={{{}}}/>"),
}


@pytest.mark.parametrize(("framework", "path", "code"), DATA.values(), ids=DATA)
def test_what_gives_a_secret_away(framework: str, path: str, code: str) -> None:
    files = {"package.json": package(framework), path: code.format(TOKEN), "src/a.tsx": "export default () => null"}
    (finding,) = misuse(files)
    assert (finding.rule_id, finding.place.origin.path, finding.severity) == (RULE, path, "critical")
    assert finding.snippet


def test_a_literal_that_is_handed_over() -> None:
    files = {**NEXT, "app/page.tsx": PAGE.format(f"/* SANITY_TOKEN */ return <Editor token={{'{token()}'}}/>")}
    assert places(files, RULE) == ["app/page.tsx:3"]


def test_a_secret_of_another_module_is_found_where_it_is() -> None:
    files = {
        **NEXT,
        "app/page.tsx": "import {Editor} from './editor'\nimport {config} from './config'\nexport default () => <Editor token {...config}/>",
        "app/config.ts": f"export const config = {{\n  token: {TOKEN},\n}}",
    }
    assert places(files, RULE) == ["app/config.ts:2"]
