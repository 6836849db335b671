"""What built code of a server does with a secret: only what certainly reaches the browser is sent."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontleak.misuse.server_output import bundle as bundles
from frontleak.misuse.server_output.bundle import Bundle
from frontleak.misuse.server_output.flow import way_to_browser

MAIN: Final = "/a/build/server/index.js"
Files = Mapping[str, str]


def way(files: Files | str) -> str | None:
    """Return how the text SECRET in some scripts reaches the browser."""
    scripts = (
        {MAIN: files} if isinstance(files, str) else {f"/a/build/server/{name}": text for name, text in files.items()}
    )
    data = {path: text.encode() for path, text in scripts.items()}
    path = next(path for path, text in data.items() if b"SECRET" in text)
    start = data[path].index(b"SECRET")
    return way_to_browser(Bundle(list(data), data.get), path, start, start + len("SECRET"))


KEPT: Final[Mapping[str, Files | str]] = {
    "unused": 'const a = "SECRET"; export { a };',
    "compared": 'const GET = ({url}) => Response.json({n: url.hash === "SECRET" ? 1 : 2}); export { GET };',
    "a header of a request": """
        const load = async ({fetch}) => {
          const r = await fetch("https://a.example", {headers: {authorization: "Bearer " + "SECRET"}});
          return {posts: await r.json()};
        };
        export { load };""",
    "headers of a request": """
        const headers = new Headers(); headers.set("x-key", "SECRET");
        export const load = async () => (await fetch("https://a.example", {headers})).json();""",
    "a header that only requests have": 'export const GET = (e, a) => { a.setHeader("Authorization", "SECRET"); };',
    "a request of Node.js": """
        export const GET = async () => { const r = https.request(url); r.setHeader("x-key", "SECRET"); r.end(); };""",
    "a client": """
        import { createClient } from "@sanity/client";
        const client = createClient({projectId: "a", token: "SECRET"});
        export const load = async () => ({posts: await client.fetch("*")});""",
    "a client that is returned": """
        import { createClient } from "@sanity/client";
        export const load = async () => createClient({projectId: "a", token: "SECRET"}).fetch("*");""",
    "a client of a parameter": "export async function load(client) { return client.send({token: 'SECRET'}); }",
    "a signature": 'import { sign } from "jsonwebtoken"; export const load = () => ({session: sign({id: 1}, "SECRET")});',
    "a digest": 'export const load = () => ({hash: createHmac("sha256", "SECRET").update("a").digest("hex")});',
    "a socket": "export const load = () => connect((error, socket) => { socket.write('SECRET'); });",
    "a function that is given": "export const GET = (a, b) => b.json(() => 'SECRET');",
    "headers that a function may leave out": """
        import { data } from "react-router";
        export const loader = () => data({}, {headers: {"x-a": "SECRET"}});""",
    "a member that another one replaces": """
        const config = {token: "SECRET", id: "a"};
        export const load = () => ({...config, token: undefined});""",
    "its length": 'const TOKEN = "SECRET"; export const load = () => ({length: TOKEN.length});',
    "another member": """
        const config = {token: "SECRET", id: "a"};
        export const load = () => ({id: config.id});""",
    "another member that is taken out": """
        const config = {token: "SECRET", id: "a"}; const {id} = config; export const load = () => ({id});""",
    "a condition": 'const TOKEN = "SECRET"; export const load = () => ({ready: TOKEN ? true : false});',
    "the left of &&": 'const TOKEN = "SECRET"; export const load = () => ({ready: TOKEN && true});',
    "a function that no framework calls": 'export const settings = () => ({token: "SECRET"});',
    "a function with the name of a hook that is not exported": 'const load = () => ({token: "SECRET"}); load;',
    "a value with the name of a hook": 'export const load = {token: "SECRET"};',
    "another name in an inner scope": """
        const TOKEN = "SECRET";
        export const load = () => { const TOKEN = "other"; return {TOKEN}; };""",
    "a log": 'export const load = () => { console.log("SECRET"); return {}; };',
    "an error": 'export const load = () => { throw new TypeError("SECRET"); };',
    "a cache": 'const cache = new Map(); cache.set("token", "SECRET"); export const load = () => ({n: cache.size});',
    "the environment": 'process.env.TOKEN = "SECRET"; export const load = () => ({});',
    "a prop that a component only measures": """
        const Editor = ({token}) => jsx("b", {children: token.length});
        export default () => jsx(Editor, {token: "SECRET"});""",
    "a function for an event": 'export default () => jsx("button", {onClick: () => "SECRET"});',
    "a server island": """
        export default () => renderComponent(r, "Island", Island, {"server:defer": true, "token": "SECRET"});""",
    "a handler that uses it": """
        const handler = defineEventHandler(async () => $fetch("https://a.example", {headers: {"x-key": "SECRET"}}));
        export { handler as default };""",
    "another script that uses it": {
        "config.js": 'const TOKEN = "SECRET"; export { TOKEN as T };',
        "page.js": 'import { T } from "./config.js"; export const load = () => fetch("https://a.example", {headers: {a: T}});',
    },
    "another script that sends another export": {
        "config.js": 'const TOKEN = "SECRET"; const id = "a"; export { TOKEN, id };',
        "page.js": 'import { id } from "./config.js"; export const load = () => ({id});',
    },
    "a comment": "// SECRET\nexport const load = () => ({});",
    "a script that does not parse": 'export const load = ((( {{ [token: "SECRET"',
}
SENT: Final[Mapping[str, Files | str]] = {
    "the result of load": 'const load = () => ({token: "SECRET"}); export { load };',
    "the result of an async load": 'export async function load() { const a = await x(); return {a, token: "SECRET"}; }',
    "a constant": 'const TOKEN = "SECRET"; const load = () => ({token: TOKEN}); export { load };',
    "a shorthand": 'const token = "SECRET"; export const load = () => ({token});',
    "a member": 'const config = {sanity: {token: "SECRET"}}; export const load = () => ({t: config.sanity.token});',
    "a member that is taken out": """
        const {sanity: {token}} = {sanity: {token: "SECRET"}}; export const load = () => ({token});""",
    "a spread": 'const config = {token: "SECRET"}; export const load = () => ({...config, n: 1});',
    "a function of the script": """
        function settings() { return {token: "SECRET"}; }
        export const load = () => ({settings: settings()});""",
    "a parameter": 'const wrap = (t) => ({token: t}); export const load = () => wrap("SECRET");',
    "a member of a parameter": 'const wrap = ({token: t}) => ({t}); export const load = () => wrap({token: "SECRET"});',
    "a template": 'const TOKEN = "SECRET"; export const load = () => ({header: `Bearer ${TOKEN}`});',
    "a sum": 'export const load = () => ({header: "Bearer " + "SECRET"});',
    "a default": 'export const load = () => ({token: process.env.TOKEN ?? "SECRET"});',
    "JSON": 'export const GET = () => new Response(JSON.stringify({token: "SECRET"}));',
    "Response.json": 'const p = () => Response.json({ token: "SECRET" });\nexport { p as GET };',
    "a header of the response": 'export const GET = () => new Response("a", {headers: {"x-key": "SECRET"}});',
    "headers of the response": """
        const handle = async (request, status, headers) => {
          headers.set("x-token", "SECRET");
          return new Response(body, {headers, status});
        };""",
    "a header of a response in a hook": """
        export const handle = async ({event, resolve}) => {
          const response = await resolve(event);
          response.headers.set("x-token", "SECRET");
          return response;
        };""",
    "a header of a page of Astro": 'const a = (r, p) => { const Astro2 = r.createAstro(p); Astro2.response.headers.set("x-a", "SECRET"); };',
    "a cookie": 'export const GET = ({cookies}) => { cookies.set("t", "SECRET", {path: "/"}); };',
    "a namespace of Rollup": """
        const loader$2 = () => ({token: "SECRET"});
        const route1 = /* @__PURE__ */ Object.freeze(/* @__PURE__ */ Object.defineProperty({
          __proto__: null, default: home, loader: loader$2
        }, Symbol.toStringTag, { value: "Module" }));""",
    "exports of webpack": """
        module.exports = {1: (a, b, c) => { c.d(b, {getServerSideProps: () => m});
        let m = ({req: a}) => ({props: {token: "SECRET"}}); }};""".replace("getServerSideProps", "load"),
    "exports of Turbopack": 'module.exports=[1,e=>{e.s(["load",0,()=>({token:"SECRET"})])}];',
    "CommonJS": 'exports.load = async () => ({token: "SECRET"});',
    "actions": 'const actions = {default: async () => ({token: "SECRET"})}; export { actions };',
    "express, minified": 'Ja.get("/api",(a,e)=>{e.json({token:"SECRET"})});',
    "express with a status": 'app.get("/api", (req, res) => res.status(200).json({token: "SECRET"}));',
    "end of Node.js": 'export default function (req, res) { res.end(JSON.stringify({token: "SECRET"})); }',
    "a header of Node.js": 'export default function (a, b) { b.setHeader("x-token", "SECRET"); }',
    "a method of Qwik": 'const f=({json:s})=>s(200,{token:"SECRET"});export{f as onGet};',
    "a handler of Nitro": 'const h = defineEventHandler((event) => ({token: "SECRET"})); export { h as default };',
    "a header of Nitro": 'const h = defineEventHandler((event) => { setResponseHeader(event, "x-a", "SECRET"); });',
    "state of Nuxt": 'const state = useState("token", () => "SECRET");',
    "a server function of TanStack Start": """
        const settings = createServerFn().handler(createServerRpc({}), () => ({token: "SECRET"}));""",
    "a server function of SolidStart": """
        const a=E(async()=>({token:"SECRET"}),"src_query","/a/index.jsx?tsr-directive-use-server=");""",
    "a loader of Qwik": {
        "plan.js": 'import{r,i as o}from"./q.js";const k=()=>({token:"SECRET"}),e=r(o(k,"s_Mr5odRR11rQ"));',
        "q.js": 'const C=(t)=>{function r(){}return r.__brand="server_loader",r},S=(t)=>t;export{C as r,S as i};',
    },
    "a template of SolidStart": 'var gt = [\'<head><meta content="SECRET">\', "</head>"]; const d = (e) => ssr(gt, escape(e));',
    "an island of Astro": """
        const a = renderTemplate`${renderComponent($$result, "E", E, { "client:load": true, "token": "SECRET" })}`;""",
    "a text of Astro": 'const token = "SECRET"; const a = renderTemplate`<p>${token}</p>`;',
    "an attribute of Astro": 'const token = "SECRET"; const a = renderTemplate`<p${addAttribute(token, "title")}></p>`;',
    "an element": 'const Head = () => jsx("meta", { name: "token", content: "SECRET" });',
    "a component that makes an element": """
        const Editor = ({token}) => jsx("b", {title: token});
        export default () => (0, r.jsx)(Editor, {token: "SECRET"});""",
    "a component in the browser": """
        const b = (0, a.registerClientReference)(function () { throw Error("…"); }, "[project]/app/editor.js", "Editor");
        e.s(["default", 0, function () { return (0, r.jsx)(c.Editor, {token: "SECRET"}); }]);""",
    "another script that sends it": {
        "config.js": 'const TOKEN = "SECRET"; export { TOKEN as T };',
        "page.js": 'import { T } from "./config.js"; export const load = () => ({token: T});',
    },
    "another script that sends a member": {
        "chunks/config.js": 'export const config = {token: "SECRET"};',
        "page.js": 'import * as c from "./chunks/config.js"; export const load = () => ({token: c.config.token});',
    },
    "a function of another script": {
        "config.js": 'export function settings() { return {token: "SECRET"}; }',
        "page.js": 'import { settings as s } from "./config.js"; export const load = () => s();',
    },
    "a function of another script that is given it": {
        "answer.js": "export const answer = (data) => Response.json(data);",
        "page.js": 'import { answer } from "./answer.js"; export const GET = () => answer({token: "SECRET"});',
    },
}


@pytest.mark.parametrize("files", KEPT.values(), ids=KEPT)
def test_what_is_only_used_is_not_sent(files: Files | str) -> None:
    assert way(files) is None


@pytest.mark.parametrize("files", SENT.values(), ids=SENT)
def test_what_the_code_sends_is_sent(files: Files | str) -> None:
    assert way(files)


def test_the_way_names_what_it_goes_through() -> None:
    told = way('const settings = {token: "SECRET"};\nconst load$1 = () => settings;\nexport { load$1 as load };')
    assert told == "through settings: the result of load is sent to the browser"


def test_names_of_a_minifier_are_not_told() -> None:
    assert way('const a={t:"SECRET"},b=()=>a;export{b as load};') == "the result of load is sent to the browser"


def test_only_the_lines_around_a_secret_in_a_long_script_are_read() -> None:
    filler = "\n".join(f"function f{number}() {{ return {number}; }}" for number in range(40_000))
    assert len(filler) > 1_000_000
    script = 'function handler(request, response) {\n  response.json({token: "SECRET"});\n}'
    assert way(f"{filler}\n{script}\n{filler}")
    assert way(f"{filler}\n{script.replace('response.json', 'void')}\n{filler}") is None


def test_scripts_are_parsed_up_to_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "_MOST_PARSED", 10)
    assert way('export const load = () => ({token: "SECRET"});') is None


def test_a_name_that_refers_to_itself_ends() -> None:
    assert way('let a = {t: "SECRET"}; a = {a}; a.b = a; const f = () => f(a); f(a);') is None


@given(st.text(alphabet="(){}[]=>;,.:'\"`$ abSECRT\n", max_size=200))
def test_hostile_code_does_no_harm(text: str) -> None:
    way(f'{text} "SECRET" {text[::-1]}'.replace("SECRET", "x", text.count("SECRET")))
