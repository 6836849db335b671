"""Ways on which a token gets into a client or a request: functions, classes, contexts, other clients, other packages."""

from collections.abc import Mapping
from typing import Final

import pytest

from frontleak.core.vocabulary import Severity
from tests.support.code import Texts, misuse, package, places

TOKEN: Final = "sanity-token-in-client-code"
WRITE: Final = "sanity-write-in-client-code"
PAGE: Final = '<script type="module" src="/src/main.tsx"></script>'
VITE: Final = {"package.json": package("vite", "react", "@sanity/client"), "index.html": PAGE}
MADE: Final = "import {createClient} from '@sanity/client'\n"
VALUE: Final = "import.meta.env.VITE_CMS_KEYPHRASE"
"""A variable whose name says nothing, so only the way into the client tells."""
HOST: Final = "https://a.api.sanity.io/v1/graphql/production/default"
ELSEWHERE: Final = "https://cms.example.com/graphql"


def app(main: str, **more: str) -> Texts:
    """Return a Vite app; further files lie beside `main.tsx`."""
    return {**VITE, "src/main.tsx": main, **{f"src/{name}.tsx": text for name, text in more.items()}}


SILENT: Final[Mapping[str, Texts]] = {
    "a function that gets no token": app(
        f"{MADE}const make = (config) => createClient(config)\nmake({{projectId: 'a', useCdn: true}}).fetch('*')"
    ),
    "a function that gets another setting": app(
        f"{MADE}const make = (dataset) => createClient({{projectId: 'a', dataset}})\nmake({VALUE})"
    ),
    "a function of the same name": app(
        f"{MADE}const a = {{make: (token) => createClient({{token}})}}\nconst b = {{make: (x) => x}}\nb.make({VALUE})"
    ),
    "another argument": app(
        f"{MADE}const make = (dataset, token) => createClient({{dataset, token}})\nmake({VALUE}, undefined)"
    ),
    "a class that gets no token": app(
        f"{MADE}class Api {{ constructor(config) {{ this.c = createClient(config) }} }}\nnew Api({{projectId: 'a'}})"
    ),
    "a class that keeps a token for something else": app(
        f"{MADE}class Api {{ constructor(token) {{ this.t = token; this.c = createClient({{projectId: 'a'}}) }} }}\n"
        f"new Api({VALUE})"
    ),
    "a class on the server": {
        "package.json": package("next", "@sanity/client"),
        "lib/api.ts": f"{MADE}export class Api {{ constructor(token) {{ this.c = createClient({{token}}) }} }}",
        "app/api/route.ts": "import {Api} from '../../lib/api'\nexport const GET = () => new Api(process.env.A_TOKEN)",
    },
    "a factory that the server calls": {
        "package.json": package("next", "@sanity/client"),
        "lib/make.ts": f"{MADE}export const make = (token) => createClient({{projectId: 'a', token}})",
        "app/page.tsx": "import {make} from '../lib/make'\nexport default () => make(process.env.SANITY_TOKEN).fetch('*')",
        "app/list.tsx": "'use client'\nimport {make} from '../lib/make'\nexport const List = () => make().fetch('*')",
    },
    "a token of a caller": app(f"{MADE}export const make = (token) => createClient({{projectId: 'a', token}})"),
    "a token that the visitor types": app(
        f"{MADE}const make = (token) => createClient({{projectId: 'a', token}})\nmake(prompt('Token'))"
    ),
    "a default that is none": app(f"{MADE}export const make = (token = undefined) => createClient({{token}})"),
    "a prop that is no token": app(
        f"{MADE}const Sanity = ({{dataset}}) => {{ createClient({{dataset}}) }}\n"
        f"export const App = () => <Sanity dataset={{{VALUE}}}/>"
    ),
    "a context of something else": app(
        "import {createContext, useContext} from 'react'\n"
        f"{MADE}const A = createContext(null); const B = createContext(null)\n"
        "const use = () => createClient({token: useContext(A)})\n"
        f"export const App = () => <B.Provider value={{{VALUE}}}/>"
    ),
    "an app of the SDK without a token": {
        "package.json": package("@sanity/sdk-react"),
        "sanity.cli.ts": "export default {app: {entry: './src/App.tsx'}}",
        "src/App.tsx": "import {SanityApp} from '@sanity/sdk-react'\n"
        "export default () => <SanityApp config={[{projectId: process.env.SANITY_APP_ID, dataset: 'a'}]}/>",
    },
    "a client in a branch of the server": app(
        f"{MADE}if (import.meta.env.SSR) {{ createClient({{token: {VALUE}}}).create({{}}) }}"
    ),
    "a client in the other branch": app(
        f"{MADE}if (typeof window !== 'undefined') {{ start() }} else {{ createClient({{token: {VALUE}}}) }}"
    ),
    "a client in a test in the file": app(
        f"{MADE}if (import.meta.vitest) {{ createClient({{token: {VALUE}}}).delete('a') }}"
    ),
    "a client in a branch that no build has": app(f"{MADE}export const c = false && createClient({{token: {VALUE}}})"),
    "a class of somebody else's": app(
        f"import {{Base}} from './base'\n{MADE}class Cms extends Base {{ constructor() {{ super({{token: {VALUE}}}) }} }}",
        base="export class Base {}",
    ),
    "an import of another package": app(
        f"import('elsewhere').then(({{createClient}}) => createClient({{token: {VALUE}}}))"
    ),
    "a result of something else": app(f"{MADE}load().then(({{createClient}}) => createClient({{token: {VALUE}}}))"),
    "a default of another setting": app(
        f"{MADE}export const make = ({{dataset = {VALUE}, token}} = {{}}) => createClient({{dataset, token}})"
    ),
    "a client of a CDN without a token": app(
        "import {createClient} from 'https://esm.sh/@sanity/client@7.1.0?bundle'\ncreateClient({projectId: 'a'}).fetch('*')"
    ),
    "another package of a CDN": app(
        f"import {{createClient}} from 'https://esm.sh/@sanity-like/client@7'\ncreateClient({{token: {VALUE}}})"
    ),
    "headers of axios for another host": app(
        "import axios from 'axios'\n"
        f"axios.create({{baseURL: '{ELSEWHERE}', headers: {{common: {{Authorization: {VALUE}}}}}}}) // api.sanity.io"
    ),
    "GraphQL of another host": app(
        "import {GraphQLClient} from 'graphql-request'\n"
        f"new GraphQLClient('{ELSEWHERE}', {{headers: {{authorization: `Bearer ${{{VALUE}}}`}}}}) // api.sanity.io"
    ),
    "GraphQL of Sanity without a token": app(
        f"import {{Client, fetchExchange}} from 'urql'\nnew Client({{url: '{HOST}', exchanges: [fetchExchange]}})"
    ),
    "two hosts, and a header for one of them": app(
        "import {createHttpLink} from '@apollo/client'\nimport {setContext} from '@apollo/client/link/context'\n"
        f"const cms = createHttpLink({{uri: '{HOST}'}})\nconst own = createHttpLink({{uri: '{ELSEWHERE}'}})\n"
        f"export const auth = setContext(() => ({{headers: {{authorization: {VALUE}}}}})).concat(own)"
    ),
    "a request of XHR to another host": app(
        f"const x = new XMLHttpRequest(); x.open('GET', '{ELSEWHERE}')\n"
        f"x.setRequestHeader('Authorization', {VALUE}) // api.sanity.io"
    ),
    "another header of XHR": app(
        f"const x = new XMLHttpRequest(); x.open('GET', '{HOST}')\nx.setRequestHeader('X-Dataset', {VALUE})"
    ),
    "the project's id in an address": app("fetch(`https://${import.meta.env.VITE_ID}.api.sanity.io/v1/data/query/a`)"),
    "a dataset in an address": app(
        "navigator.sendBeacon(`https://a.api.sanity.io/v1/data/query/${import.meta.env.VITE_DATASET}?tag=b`)"
    ),
}


@pytest.mark.parametrize("files", SILENT.values(), ids=SILENT)
def test_no_token_gets_into_a_client(files: Texts) -> None:
    assert [place for rule in (TOKEN, WRITE) for place in places(files, rule)] == []


THROUGH: Final[Mapping[str, tuple[Texts, str]]] = {
    "a function that gets the configuration": (
        app(f"{MADE}const make = (config) => createClient(config)\nmake({{projectId: 'a', token: {VALUE}}})"),
        "src/main.tsx:3",
    ),
    "a function that spreads it": (
        app(f"{MADE}const make = (c) => createClient({{useCdn: false, ...c}})\nmake({{token: {VALUE}}})"),
        "src/main.tsx:3",
    ),
    "a branch that both sides have": (
        app(f"{MADE}if (import.meta.env.SSR || preview) {{ createClient({{token: {VALUE}}}) }}"),
        "src/main.tsx:2",
    ),
    "the other branch of the server's": (
        app(f"{MADE}if (import.meta.env.SSR) {{ start() }} else {{\n  createClient({{token: {VALUE}}})\n}}"),
        "src/main.tsx:3",
    ),
    "a branch for the browser": (
        app(f"{MADE}if (typeof window !== 'undefined' && ready) {{ createClient({{token: {VALUE}}}) }}"),
        "src/main.tsx:2",
    ),
    "a class that extends the client": (
        app(
            "import {SanityClient} from '@sanity/client'\n"
            f"class Cms extends SanityClient {{ constructor() {{ super({{projectId: 'a', token: {VALUE}}}) }} }}\nnew Cms()"
        ),
        "src/main.tsx:2",
    ),
    "a class that extends the client, without a constructor": (
        app(
            f"import {{SanityClient}} from '@sanity/client'\nclass Cms extends SanityClient {{}}\nnew Cms({{token: {VALUE}}})"
        ),
        "src/main.tsx:3",
    ),
    "a client that is loaded later": (
        app(
            f"import('@sanity/client').then(({{createClient}}) => {{\ncreateClient({{projectId: 'a', token: {VALUE}}})\n}})"
        ),
        "src/main.tsx:2",
    ),
    "a client that is loaded later, by a function": (
        app(f"import('@sanity/client').then(function (sanity) {{ return sanity.createClient({{token: {VALUE}}}) }})"),
        "src/main.tsx:1",
    ),
    "a default in a pattern": (
        app(
            f"{MADE}export const make = ({{token = {VALUE}, dataset}} = {{}}) => createClient({{dataset, token}})\nmake()"
        ),
        "src/main.tsx:2",
    ),
    "a default of another name in a pattern": (
        app(f"{MADE}export function make({{key: token = {VALUE}}}) {{ return createClient({{token}}) }}\nmake({{}})"),
        "src/main.tsx:2",
    ),
    "a package of a CDN": (
        app(
            f"import {{createClient}} from 'https://esm.sh/@sanity/client@7.1.0?bundle'\ncreateClient({{token: {VALUE}}})"
        ),
        "src/main.tsx:2",
    ),
    "a package of npm": (
        app(f"import {{createClient}} from 'npm:@sanity/client@^7'\ncreateClient({{token: {VALUE}}})"),
        "src/main.tsx:2",
    ),
    "headers of axios for all methods": (
        app(
            f"import axios from 'axios'\naxios.create({{baseURL: '{HOST}', headers: {{common: {{Authorization: {VALUE}}}}}}})"
        ),
        "src/main.tsx:2",
    ),
    "a spread after the token": (
        app(f"{MADE}export const make = (c) => createClient({{token: {VALUE}, ...c}})"),
        "src/main.tsx:2",
    ),
    "a spread before other settings": (
        app(f"{MADE}const make = (c) => createClient({{...c, dataset: 'a'}})\nmake({{token: {VALUE}}})"),
        "src/main.tsx:3",
    ),
    "a merge": (
        app(f"{MADE}const make = (c) => createClient(Object.assign({{}}, base, c))\nmake({{token: {VALUE}}})"),
        "src/main.tsx:3",
    ),
    "a merge of a library": (
        app(
            f"import {{defu}} from 'defu'\n{MADE}const make = (c) => createClient(defu(c, base))\nmake({{token: {VALUE}}})"
        ),
        "src/main.tsx:4",
    ),
    "a function that returns another": (
        app(f"{MADE}const make = (c) => (token) => createClient({{...c, token}})\nmake({{projectId: 'a'}})({VALUE})"),
        "src/main.tsx:3",
    ),
    "a function in its place": (
        app(f"{MADE};(async (token) => createClient({{token}}))({VALUE})"),
        "src/main.tsx:2",
    ),
    "a destructured parameter": (
        app(f"{MADE}function make({{token: key}}) {{ return createClient({{token: key}}) }}\nmake({{token: {VALUE}}})"),
        "src/main.tsx:3",
    ),
    "the second argument": (
        app(f"{MADE}const make = (dataset, token) => createClient({{dataset, token}})\nmake('a',\n  {VALUE})"),
        "src/main.tsx:4",
    ),
    "a configuration that a function builds": (
        app(f"{MADE}const build = (token) => ({{projectId: 'a', token}})\ncreateClient(build({VALUE}))"),
        "src/main.tsx:3",
    ),
    "a configuration in a member": (
        app(f"{MADE}const make = (o) => createClient(o.sanity)\nmake({{sanity: {{token: {VALUE}}}}})"),
        "src/main.tsx:3",
    ),
    "two functions": (
        app(f"{MADE}const a = (token) => createClient({{token}})\nconst b = (key) => a(key)\nb({VALUE})"),
        "src/main.tsx:4",
    ),
    "two functions with a configuration": (
        app(
            f"{MADE}const a = (c) => createClient(c)\nconst b = (c) => a({{...c, useCdn: true}})\nb({{token: {VALUE}}})"
        ),
        "src/main.tsx:4",
    ),
    "a closure": (
        app(
            f"{MADE}const api = (token) => {{ const get = () => createClient({{token}}); return {{get}} }}\napi({VALUE}).get()"
        ),
        "src/main.tsx:3",
    ),
    "a function of another file": (
        app(
            f"import {{make}} from './make'\nmake({VALUE})",
            make=f"{MADE}export const make = (token) => createClient({{token}})",
        ),
        "src/main.tsx:2",
    ),
    "a default export of another file": (
        app(
            f"import make from './make'\nmake({VALUE})", make=f"{MADE}export default (token) => createClient({{token}})"
        ),
        "src/main.tsx:2",
    ),
    "a default": (app(f"{MADE}export const make = (token = {VALUE}) => createClient({{token}})"), "src/main.tsx:2"),
    "the default of a destructured parameter": (
        app(f"{MADE}export const make = ({{token}} = {{token: {VALUE}}}) => createClient({{token}})"),
        "src/main.tsx:2",
    ),
    "a client with another configuration": (
        app(
            f"{MADE}const base = createClient({{projectId: 'a'}})\nconst as = (token) => base.withConfig({{token}})\nas({VALUE})"
        ),
        "src/main.tsx:4",
    ),
    "a singleton": (
        app(
            f"{MADE}let kept; function get(token) {{ kept ??= createClient({{token}}); return kept }}\nget({VALUE}).fetch('*')"
        ),
        "src/main.tsx:3",
    ),
    "a singleton's object": (
        app(f"{MADE}const Sanity = {{init(c) {{ this.c = createClient(c) }}}}\nSanity.init({{token: {VALUE}}})"),
        "src/main.tsx:3",
    ),
    "a hook": (
        app(
            "import {useMemo} from 'react'\n"
            f"{MADE}const useClient = (token) => useMemo(() => createClient({{token}}), [token])\n"
            f"export const App = () => {{ useClient({VALUE}) }}"
        ),
        "src/main.tsx:4",
    ),
    "a request": (
        app(
            f"const ask = (token) => fetch('{HOST}', {{headers: {{Authorization: `Bearer ${{token}}`}}}})\nask({VALUE})"
        ),
        "src/main.tsx:2",
    ),
}
CLASSES: Final[Mapping[str, tuple[Texts, str]]] = {
    "a constructor": (
        app(f"{MADE}class Api {{ constructor(token) {{ this.c = createClient({{token}}) }} }}\nnew Api({VALUE})"),
        "src/main.tsx:3",
    ),
    "a constructor that gets the configuration": (
        app(f"{MADE}class Api {{ constructor(c) {{ this.c = createClient(c) }} }}\nnew Api({{token: {VALUE}}})"),
        "src/main.tsx:3",
    ),
    "a field that a constructor sets": (
        app(
            f"{MADE}class Api {{ constructor(token) {{ this.t = token }} get() {{ return createClient({{token: this.t}}) }} }}\n"
            f"new Api({VALUE}).get()"
        ),
        "src/main.tsx:3",
    ),
    "a field that the constructor declares": (
        app(
            f"{MADE}class Api {{ constructor(private readonly token: string) {{}} c = () => createClient({{token: this.token}}) }}\n"
            f"new Api({VALUE}).c()"
        ),
        "src/main.tsx:3",
    ),
    "a private field": (
        app(
            f"{MADE}class Api {{ #c; constructor(token) {{ this.#c = createClient({{token}}) }} }}\n"
            f"export const api = new Api({VALUE})"
        ),
        "src/main.tsx:3",
    ),
    "a field of its own": (
        app(f"{MADE}class Api {{ token = {VALUE}; c = createClient({{token: this.token}}) }}\nnew Api()"),
        "src/main.tsx:2",
    ),
    "a static method": (
        app(
            f"{MADE}class Api {{ static #c; static get(token) {{ return (this.#c ??= createClient({{token}})) }} }}\nApi.get({VALUE})"
        ),
        "src/main.tsx:3",
    ),
    "a method of an instance": (
        app(
            f"{MADE}class Api {{ open(token) {{ this.c = createClient({{token}}) }} }}\nconst api = new Api()\napi.open({VALUE})"
        ),
        "src/main.tsx:4",
    ),
    "a method of an instance in its place": (
        app(f"{MADE}class Api {{ open(token) {{ createClient({{token}}) }} }}\nnew Api().open({VALUE})"),
        "src/main.tsx:3",
    ),
    "a factory of a class": (
        app(
            f"{MADE}class Api {{ constructor(c) {{ this.c = createClient(c) }}\n"
            f"  static create(token) {{ return new Api({{token}}) }} }}\nexport const api = Api.create({VALUE})"
        ),
        "src/main.tsx:4",
    ),
    "a class without a name": (
        app(f"{MADE}const Api = class {{ constructor(token) {{ createClient({{token}}) }} }}\nnew Api({VALUE})"),
        "src/main.tsx:3",
    ),
    "a configuration in a declared field": (
        app(
            f"{MADE}class Api {{ constructor(private config: Config) {{}} c = () => createClient(this.config) }}\n"
            f"new Api({{token: {VALUE}}}).c()"
        ),
        "src/main.tsx:3",
    ),
    "a default class of another file": (
        app(
            f"import Api from './api'\nexport const api = new Api({{token: {VALUE}}})",
            api=f"{MADE}export default class {{ constructor(config) {{ this.c = createClient(config) }} }}",
        ),
        "src/main.tsx:2",
    ),
    "a method of the same class": (
        app(
            f"{MADE}class Api {{ open(token) {{ this.c = createClient({{token}}) }}\n  start() {{ this.open({VALUE}) }} }}\nnew Api().start()"
        ),
        "src/main.tsx:3",
    ),
    "a class that extends another": (
        app(
            f"{MADE}class Base {{ constructor(token) {{ this.c = createClient({{token}}) }} }}\nclass Api extends Base {{}}\nnew Api({VALUE})"
        ),
        "src/main.tsx:4",
    ),
    "a class that calls the constructor of another": (
        app(
            f"{MADE}class Base {{ constructor(c: any) {{ this.c = createClient(c) }} }}\n"
            f"class Api extends Base {{ constructor() {{ super({{token: {VALUE}}}) }} }}\nnew Api()"
        ),
        "src/main.tsx:3",
    ),
    "a class of another file": (
        app(
            f"import {{Api}} from './api'\nexport const api = new Api({VALUE})",
            api=f"{MADE}export class Api {{ constructor(token) {{ this.c = createClient({{token}}) }} }}",
        ),
        "src/main.tsx:2",
    ),
}
REACT: Final[Mapping[str, tuple[Texts, str]]] = {
    "a prop": (
        app(
            f"{MADE}const Sanity = ({{token, children}}) => {{ createClient({{token}}); return children }}\n"
            f"export const App = () => <Sanity token={{{VALUE}}}><b/></Sanity>"
        ),
        "src/main.tsx:3",
    ),
    "a prop of the props": (
        app(
            f"{MADE}function Sanity(props) {{ createClient({{token: props.token}}) }}\n"
            f"export const App = () => <Sanity token={{{VALUE}}}/>"
        ),
        "src/main.tsx:3",
    ),
    "props that are spread": (
        app(
            f"{MADE}function Sanity(props) {{ createClient({{token: props.token}}) }}\nconst all = {{token: {VALUE}}}\n"
            "export const App = () => <Sanity {...all}/>"
        ),
        "src/main.tsx:3",
    ),
    "a component that is kept": (
        app(
            "import {memo} from 'react'\n"
            f"{MADE}const Sanity = memo(({{token}}) => {{ createClient({{token}}) }})\n"
            f"export const App = () => <Sanity token={{{VALUE}}}/>"
        ),
        "src/main.tsx:4",
    ),
    "a context": (
        app(
            "import {createContext, useContext} from 'react'\n"
            f"{MADE}const Token = createContext('')\nexport const useClient = () => createClient({{token: useContext(Token)}})\n"
            f"export const App = () => <Token.Provider value={{{VALUE}}}/>"
        ),
        "src/main.tsx:5",
    ),
    "a member of a context": (
        app(
            "import React from 'react'\n"
            f"{MADE}const Settings = React.createContext({{}})\n"
            "export const useClient = () => { const {token} = React.useContext(Settings); return createClient({token}) }\n"
            f"export const App = () => <Settings.Provider value={{{{token: {VALUE}}}}}/>"
        ),
        "src/main.tsx:5",
    ),
    "the default of a context": (
        app(
            "import {createContext, use} from 'react'\n"
            f"{MADE}const Token = createContext({VALUE})\nexport const useClient = () => createClient({{token: use(Token)}})"
        ),
        "src/main.tsx:3",
    ),
    "a context of another file": (
        app(
            "import {Token} from './token'\nimport {useClient} from './client'\n"
            f"export const App = () => <Token value={{{VALUE}}}>{{useClient()}}</Token>",
            token="import {createContext} from 'react'\nexport const Token = createContext('')",
            client="import {useContext} from 'react'\nimport {Token} from './token'\n"
            f"{MADE}export const useClient = () => createClient({{token: useContext(Token)}})",
        ),
        "src/main.tsx:3",
    ),
}


@pytest.mark.parametrize(
    ("files", "place"),
    [*THROUGH.values(), *CLASSES.values(), *REACT.values()],
    ids=[*THROUGH, *CLASSES, *REACT],
)
def test_a_token_that_code_hands_on(files: Texts, place: str) -> None:
    assert places(files, TOKEN) == [place]


def test_a_writing_method_of_a_class_makes_the_token_critical() -> None:
    code = (
        f"{MADE}class Api {{ constructor(token) {{ this.c = createClient({{token}}) }} {{0}} }}\n"
        f"export const api = new Api({VALUE})"
    )
    (writes,) = misuse(app(code.replace("{0}", "save(d) { return this.c.create(d) }") + "\napi.save({})"))
    (reads,) = misuse(app(code.replace("{0}", "all() { return this.c.fetch('*') }")))
    assert (writes.rule_id, writes.severity, reads.severity) == (TOKEN, Severity.CRITICAL, Severity.HIGH)


PACKAGES: Final[Mapping[str, str]] = {
    "@sanity-typed/client": "import {createClient} from '@sanity-typed/client'\ncreateClient<Values>({token: VALUE})",
    "@sanity-typed/client, older": "import {createClient} from '@sanity-typed/client'\ncreateClient<Values>()({token: VALUE})",
    "@sanity-typed/next-sanity": "import {createClient as make} from '@sanity-typed/next-sanity'\nmake<Values>({token: VALUE})",
    "@sanity/svelte-loader": "import {createClient} from '@sanity/svelte-loader'\ncreateClient({token: VALUE})",
    "vue-sanity": "import {useSanityClient} from 'vue-sanity'\nuseSanityClient({token: VALUE})",
    "an instance of the SDK": "import {createSanityInstance} from '@sanity/sdk'\ncreateSanityInstance({auth: {token: VALUE}})",
    "an app of the SDK": "import {SanityApp} from '@sanity/sdk-react'\nexport const A = () => <SanityApp config={{auth: {token: VALUE}}}/>",
    "several projects of an app": (
        "import {SanityApp} from '@sanity/sdk-react'\n"
        "export const A = () => <SanityApp config={[{projectId: 'a'}, {auth: {token: VALUE}}]}/>"
    ),
    "a resource of an app": (
        "import {ResourceProvider} from '@sanity/sdk-react'\nexport const A = () => <ResourceProvider auth={{token: VALUE}}/>"
    ),
    "a preview": "import {LiveQueryProvider} from '@sanity/preview-kit'\nexport const A = () => <LiveQueryProvider token={VALUE}/>",
}


@pytest.mark.parametrize("code", PACKAGES.values(), ids=PACKAGES)
def test_a_client_of_another_package(code: str) -> None:
    assert places(app(code.replace("VALUE", VALUE)), TOKEN) == ["src/main.tsx:2"]


BEARER: Final = f"`Bearer ${{{VALUE}}}`"
REQUESTS: Final[Mapping[str, str]] = {
    "graphql-request": "import {GraphQLClient} from 'graphql-request'; new GraphQLClient('HOST', {headers: {authorization: TOKEN}})",
    "a request of graphql-request": "import {request} from 'graphql-request'; request('HOST', query, {}, {Authorization: TOKEN})",
    "a request of graphql-request with settings": (
        "import {request} from 'graphql-request'; request({url: 'HOST', document, requestHeaders: {Authorization: TOKEN}})"
    ),
    "a header that graphql-request sets": (
        "import {GraphQLClient} from 'graphql-request'; const api = new GraphQLClient('HOST'); api.setHeader('authorization', TOKEN)"
    ),
    "headers of a function": (
        "import {GraphQLClient} from 'graphql-request'; new GraphQLClient('HOST', {headers: () => ({authorization: TOKEN})})"
    ),
    "graphql-hooks": "import {GraphQLClient} from 'graphql-hooks'; new GraphQLClient({url: 'HOST', headers: {Authorization: TOKEN}})",
    "urql": "import {Client} from 'urql'; new Client({url: 'HOST', fetchOptions: {headers: {Authorization: TOKEN}}})",
    "urql with a function": (
        "import {createClient} from '@urql/core'; createClient({url: 'HOST', fetchOptions: () => ({headers: {Authorization: TOKEN}})})"
    ),
    "an exchange of urql": (
        "import {Client} from 'urql'; import {authExchange} from '@urql/exchange-auth'; new Client({url: 'HOST', exchanges: ["
        "authExchange(async (utils) => ({addAuthToOperation: (op) => utils.appendHeaders(op, {Authorization: TOKEN})}))]})"
    ),
    "Apollo": "import {ApolloClient} from '@apollo/client'; new ApolloClient({uri: 'HOST', headers: {authorization: TOKEN}})",
    "a link of Apollo": "import {HttpLink} from '@apollo/client'; new HttpLink({uri: 'HOST', headers: {authorization: TOKEN}})",
    "a context of Apollo": (
        "import {createHttpLink} from '@apollo/client'; import {setContext} from '@apollo/client/link/context'; "
        "const http = createHttpLink({uri: 'HOST'}); "
        "export const link = setContext((_, {headers}) => ({headers: {...headers, authorization: TOKEN}})).concat(http)"
    ),
    "a context of Apollo with a block": (
        "import {HttpLink} from '@apollo/client'; import {setContext} from '@apollo/client/link/context'; "
        "new HttpLink({uri: 'HOST'}); setContext(async (_, {headers}) => { return {headers: {...headers, Authorization: TOKEN}} })"
    ),
    "a link of Apollo that sets a context": (
        "import {ApolloLink, HttpLink} from '@apollo/client'; new HttpLink({uri: 'HOST'}); "
        "new ApolloLink((op, next) => { op.setContext({headers: {authorization: TOKEN}}); return next(op) })"
    ),
    "a request function of Apollo Boost": (
        "import ApolloClient from 'apollo-boost'; "
        "new ApolloClient({uri: 'HOST', request: (op) => { op.setContext({headers: {authorization: TOKEN}}) }})"
    ),
    "urql in a provider": (
        "import {createClient, Provider} from 'urql'; export const A = () => <Provider value={createClient({url: 'HOST', "
        "fetchOptions: {headers: {Authorization: TOKEN}}})}/>"
    ),
    "the network of Relay": (
        "import {Environment, Network} from 'relay-runtime'; "
        "export const e = new Environment({network: Network.create((q) => fetch('HOST', {headers: {Authorization: TOKEN}}))})"
    ),
    "a layer of Relay": (
        "import {RelayNetworkLayer, urlMiddleware, authMiddleware} from 'react-relay-network-modern'; "
        "new RelayNetworkLayer([urlMiddleware({url: 'HOST'}), authMiddleware({token: () => TOKEN})])"
    ),
    "villus": "import {createClient} from 'villus'; createClient({url: 'HOST', fetchOptions: {headers: {Authorization: TOKEN}}})",
    "XHR": "const x = new XMLHttpRequest(); x.open('POST', 'HOST'); x.setRequestHeader('Authorization', TOKEN); x.send(b)",
    "XHR with the address in a constant": (
        "const url = 'HOST'; const x = new XMLHttpRequest(); x.open('POST', url, true); x.setRequestHeader('authorization', TOKEN)"
    ),
    "a beacon": "navigator.sendBeacon(`HOST?token=${VALUE}`, data)",
    "a beacon with a sum": "navigator.sendBeacon('HOST?token=' + VALUE, data)",
    "a request object": "fetch(new Request('HOST', {headers: {Authorization: TOKEN}}))",
    "headers that are a list": "fetch('HOST', {headers: [['Authorization', TOKEN]]})",
    "an object of headers": "const h = new Headers(); h.set('Authorization', TOKEN); fetch('HOST', {headers: h})",
    "an address that is put together": (
        "const base = 'https://a.api.sanity.io'; fetch(`${base}/v1/graphql/a/b`, {headers: {Authorization: TOKEN}})"
    ),
    "an instance of axios": (
        "import axios from 'axios'; const api = axios.create({baseURL: 'HOST'}); api.get('/', {headers: {Authorization: TOKEN}})"
    ),
    "a default of axios": (
        "import axios from 'axios'; const api = axios.create({baseURL: 'HOST'}); "
        "api.defaults.headers.common['Authorization'] = TOKEN"
    ),
    "an interceptor of axios": (
        "import axios from 'axios'; const api = axios.create({baseURL: 'HOST'}); "
        "api.interceptors.request.use((c) => { c.headers.Authorization = TOKEN; return c })"
    ),
    "wretch": "import wretch from 'wretch'; wretch('HOST').auth(TOKEN).get()",
    "superagent": "import request from 'superagent'; request.get('HOST').set('Authorization', TOKEN)",
    "events": "import {EventSourcePolyfill} from 'event-source-polyfill'; new EventSourcePolyfill('HOST', {headers: {Authorization: TOKEN}})",
}


@pytest.mark.parametrize("code", REQUESTS.values(), ids=REQUESTS)
def test_a_request_with_a_token(code: str) -> None:
    code = code.replace("TOKEN", BEARER).replace("VALUE", VALUE)
    assert places(app(code.replace("HOST", HOST)), TOKEN) == ["src/main.tsx:1"]
    elsewhere = code.replace("HOST", ELSEWHERE).replace("a.api.sanity.io", "cms.example.com")
    assert places(app(f"{elsewhere} // api.sanity.io"), TOKEN) == []


@pytest.mark.parametrize(
    "call",
    ["client.releases.publish({})", "client.agent.action.generate({})", "client.observable.unpublishVersion({})"],
)
def test_a_write_through_the_client_of_another_file(call: str) -> None:
    tree = app(
        f"import {{client}} from './client'\nexport const go = () => {call}",
        client=f"{MADE}export const client = createClient({{projectId: 'a'}})",
    )
    assert places(tree, WRITE) == ["src/main.tsx:2"]


def test_the_caller_of_another_file_needs_no_word_for_a_token() -> None:
    tree = app(
        f"import {{make}} from './make'\nmake({VALUE})",
        make=f"{MADE}export function make(t) {{ return createClient({{projectId: 'a', token: t}}) }}",
    )
    assert places(tree, TOKEN) == ["src/main.tsx:2"]


@pytest.mark.parametrize("module", ["@sanity/next-loader", "next-sanity/live"])
def test_the_browser_token_of_a_loader(module: str) -> None:
    code = f"import {{defineLive}} from '{module}'\nexport const {{SanityLive}} = defineLive({{client, browserToken: {{0}}}})"
    tree = {
        "package.json": package("next", "next-sanity"),
        "lib/live.ts": code.replace("{0}", "process.env.SANITY_WRITE_TOKEN"),
    }
    (finding,) = misuse(tree)
    assert (finding.rule_id, finding.severity) == ("sanity-token-to-browser", Severity.CRITICAL)
    assert misuse({**tree, "lib/live.ts": code.replace("{0}", "process.env.SANITY_VIEWER_TOKEN")}) == []


NUXT: Final = "export default defineNuxtConfig({modules: ['@nuxtjs/sanity'], sanity: {0}})"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("{liveContent: {browserToken: process.env.SANITY_VIEWER_TOKEN}}", []),
        ("{liveContent: {serverToken: process.env.SANITY_WRITE_TOKEN}}", []),
        ("{visualEditing: {token: process.env.SANITY_EDITOR_TOKEN}}", []),
        ("{liveContent: {browserToken: process.env.SANITY_WRITE_TOKEN}}", [Severity.CRITICAL]),
        ("{liveContent: {browserToken: process.env.SANITY_EDITOR_TOKEN}}", [Severity.CRITICAL]),
        ("{liveContent}}); const liveContent = ({browserToken: process.env.ADMIN_TOKEN", [Severity.CRITICAL]),
        ("{additionalClients: {b: {liveContent: {browserToken: process.env.WRITE_TOKEN}}}}", [Severity.CRITICAL]),
    ],
)
def test_the_browser_token_of_nuxt(options: str, expected: list[Severity]) -> None:
    files = {"package.json": package("nuxt", "@nuxtjs/sanity"), "nuxt.config.ts": NUXT.replace("{0}", options)}
    assert [finding.severity for finding in misuse(files)] == expected


def test_the_browser_token_in_the_options_of_a_module() -> None:
    options = "['@nuxtjs/sanity', {liveContent: {browserToken: process.env.SANITY_WRITE_TOKEN}}]"
    code = f"export default defineNuxtConfig({{modules: ['a', {options}]}})"
    assert places({"package.json": package("nuxt", "@nuxtjs/sanity"), "nuxt.config.ts": code}) == ["nuxt.config.ts:1"]


CONTEXT: Final = "import {createContext, useContext} from 'react'\nimport {createClient} from '@sanity/client'\n"
KEPT_WRITES: Final[Mapping[str, str]] = {
    "a memo": "const client = useMemo(() => createClient({projectId: 'a'}), [])\nclient.create({})",
    "a state": "const [client] = useState(() => createClient({projectId: 'a'}))\nclient.releases.publish({})",
    "a reference": "const client = useRef(createClient({projectId: 'a'}))\nclient.current.create({})",
    "a context": (
        "const Sanity = createContext(null); export const App = () => <Sanity.Provider value={createClient({projectId: 'a'})}/>\n"
        "export const Like = () => { const client = useContext(Sanity); client.create({}) }"
    ),
    "a member of a context": (
        "const Sanity = createContext(null); export const App = () => <Sanity.Provider value={{client: createClient({})}}/>\n"
        "export const Like = () => { const {client} = useContext(Sanity); client.releases.publish({}) }"
    ),
    "the default of a context": (
        "const Sanity = createContext(createClient({projectId: 'a'})); const useSanity = () => useContext(Sanity)\n"
        "export const Like = () => useSanity().create({})"
    ),
}


@pytest.mark.parametrize("code", KEPT_WRITES.values(), ids=KEPT_WRITES)
def test_a_write_through_a_client_that_react_keeps(code: str) -> None:
    assert places(app(CONTEXT + code), WRITE) == ["src/main.tsx:4"]


@pytest.mark.parametrize(
    "code",
    [
        "const Sanity = createContext(new Map()); export const f = () => useContext(Sanity).delete('a')",
        (
            "const A = createContext(null), B = createContext(null); export const f = () => useContext(A).create({})\n"
            "export const App = () => <B.Provider value={createClient({projectId: 'a'})}/>"
        ),
        "const seen = useRef(new Set()); seen.current.delete('a')",
        "const [client] = useState(() => createClient({projectId: 'a'})); client.fetch('*')",
    ],
    ids=["another value of a context", "another context", "another reference", "a state that reads"],
)
def test_no_write_through_what_react_keeps(code: str) -> None:
    assert places(app(CONTEXT + code), WRITE) == []
