"""How a token gets into the bundle: the routes that the code analysis follows, and those that it does not."""

from collections.abc import Mapping
from typing import Final

from tests.support.code import Texts, package

PAGE: Final = '<script type="module" src="/src/main.js"></script>'
SANITY: Final = (
    "import {createClient} from '@sanity/client'\n"
    "export const client = createClient({projectId: 'abcd1234', token: process.env.SANITY_TOKEN})\n"
)
"""A module that creates a client with a token."""
MAKES: Final = "import {createClient} from '@sanity/client'\n"


def main(code: str, more: Texts | None = None) -> Texts:
    """Return an app whose page runs `code` as src/main.js, next to src/lib/sanity.js."""
    made = {"package.json": package("vite", "@sanity/client"), "index.html": PAGE, "src/lib/sanity.js": SANITY}
    return {**made, "src/main.js": code, **(more or {})}


def makes(code: str, more: Texts | None = None) -> Texts:
    """Return an app whose src/main.js creates a client itself."""
    return main(MAKES + code, {"src/lib/sanity.js": "", **(more or {})})


FOLLOWED: Final[Mapping[str, Texts]] = {
    "`import`, `export from`, `require()` and `import()` of a literal path": main(
        "const load = () => import('./lib')",
        {
            "src/lib/index.js": "export * from './posts'",
            "src/lib/posts.js": "const {client} = require('./sanity')\nexport const posts = () => client.fetch('*')",
        },
    ),
    "`paths` of tsconfig.json or jsconfig.json": main(
        "import {client} from '$cms/sanity'\nclient.fetch('*')",
        {
            "tsconfig.json": '{"compilerOptions": {"paths": {"$cms/*": ["./src/lib/*"]}}}',
        },
    ),
    "`imports` of package.json": main(
        "import {client} from '#sanity'\nclient.fetch('*')",
        {
            "package.json": '{"private": true, "imports": {"#sanity": "./src/lib/sanity.js"}, "dependencies": {"vite": "1"}}',
        },
    ),
    "literal aliases in the configuration of a bundler or of Babel (`module-resolver`), also those that its functions set": main(
        "import {client} from 'cms/sanity'\nclient.fetch('*')",
        {
            "vite.config.js": "export default {resolve: {alias: {cms: path.resolve(__dirname, 'src/lib')}}}",
        },
    ),
    "`import.meta.glob` and `require.context` of literal patterns": main(
        "export const all = import.meta.glob('./lib/*.js')",
        {},
    ),
    "imports from another package of the same monorepo": {
        "package.json": '{"private": true, "workspaces": ["packages/*"]}',
        "packages/cms/package.json": '{"private": true, "name": "@example/cms", "main": "index.js"}',
        "packages/cms/index.js": SANITY,
        "packages/web/package.json": '{"private": true, "dependencies": {"vite": "1", "@example/cms": "*"}}',
        "packages/web/index.html": PAGE,
        "packages/web/src/main.js": "import {client} from '@example/cms'\nclient.fetch('*')",
    },
    "a worker imported with `?worker`": main(
        "import Worker from './worker.js?worker'\nnew Worker()",
        {
            "src/worker.js": "import {client} from './lib/sanity'\nclient.fetch('*')",
        },
    ),
    "`new Worker(new URL('./worker.js', import.meta.url))`": main(
        "new Worker(new URL('./worker.js', import.meta.url))",
        {
            "src/worker.js": "import {client} from './lib/sanity'\nclient.fetch('*')",
        },
    ),
    "a token in an object that is spread or passed to `Object.assign`": makes(
        "const auth = {token: process.env.SANITY_TOKEN}\n"
        "export const client = createClient(Object.assign({projectId: 'abcd1234'}, {...auth}))"
    ),
    "a token assigned to an object later (`settings.token = …`), in the same module": makes(
        "const settings = {projectId: 'abcd1234'}\nsettings.token = process.env.SANITY_TOKEN\n"
        "export const client = createClient(settings)"
    ),
    "a value assigned to a variable after its declaration": makes(
        "let token\ntoken = process.env.SANITY_TOKEN\ncreateClient({projectId: 'abcd1234', token})\n"
    ),
    "a token in a constant of another module": makes(
        "import {secret} from './settings'\nexport const client = createClient({projectId: 'abcd1234', token: secret})",
        {
            "src/settings.js": "export const secret = process.env.SANITY_TOKEN",
        },
    ),
    "a token passed to the function that creates the client": makes(
        "const make = (token) => createClient({projectId: 'abcd1234', token})\n"
        "export const client = make(process.env.SANITY_TOKEN)"
    ),
    "a token in a field of the same class": makes(
        "export class Cms {\n  token = process.env.SANITY_TOKEN\n"
        "  client() { return createClient({projectId: 'abcd1234', token: this.token}) }\n}"
    ),
    "the environment behind a cast, an alias or `Reflect.get`, and its members by a constant key (`process.env[name]`)": makes(
        "const {env} = process as any\nconst name = 'SANITY_TOKEN'\nconst get = (key: string) => env[key]\n"
        "export const client = createClient({projectId: 'abcd1234', token: get(name)!})"
    ),
    "an environment validated by a schema (`z.object({…}).parse(process.env)`)": makes(
        "import {z} from 'zod'\nconst env = z.object({SANITY_TOKEN: z.string()}).parse(process.env)\n"
        "export const client = createClient({projectId: 'abcd1234', token: env.SANITY_TOKEN})"
    ),
    "a token, or an object that holds it, passed through functions, of which one calls the other": makes(
        "const make = (settings) => createClient({...settings, projectId: 'abcd1234'})\n"
        "const outer = (token) => make({token})\nexport const client = outer(process.env.SANITY_TOKEN)"
    ),
    "a token passed to a constructor or method of a class, also of one that it extends": makes(
        "class Base { constructor(token) { this.client = createClient({projectId: 'abcd1234', token}) } }\n"
        "class Cms extends Base {}\nexport const cms = new Cms(process.env.SANITY_TOKEN)"
    ),
    "a token in a prop of a component, or in a React context": makes(
        "import {createContext, useContext} from 'react'\nconst Token = createContext('')\n"
        "export const useClient = () => createClient({projectId: 'abcd1234', token: useContext(Token)})\n"
        "export const App = () => <Token.Provider value={process.env.SANITY_TOKEN}/>"
    ),
    "a GraphQL client (graphql-request, urql, Apollo, Relay, villus) with an `Authorization` header": makes(
        "import {GraphQLClient} from 'graphql-request'\n"
        "new GraphQLClient('https://abcd1234.api.sanity.io/v1/graphql/production/default', "
        "{headers: {authorization: `Bearer ${process.env.SANITY_TOKEN}`}})"
    ),
    "a request by `XMLHttpRequest`, or with a header set later (`axios.defaults.headers`)": makes(
        "const request = new XMLHttpRequest()\n"
        "request.open('POST', 'https://abcd1234.api.sanity.io/v1/data/mutate/production')\n"
        "request.setRequestHeader('Authorization', `Bearer ${process.env.SANITY_TOKEN}`)"
    ),
    "a `fetch` request to Sanity with headers in an object or in `new Headers()`": makes(
        "const headers = new Headers()\nheaders.set('Authorization', `Bearer ${process.env.SANITY_TOKEN}`)\n"
        "fetch('https://abcd1234.api.sanity.io/v1/data/query/production', {headers})"
    ),
}
"""Route -> a project in which the token is found."""

NOT_FOLLOWED: Final[Mapping[str, Texts]] = {
    "`import()` of a computed path": main("export const load = (name) => import(`./lib/${name}.js`)"),
    "packages below `node_modules`, except links to packages of the tree": main(
        "import {client} from 'cms'\nclient.fetch('*')",
        {
            "src/lib/sanity.js": "",
            "node_modules/cms/index.js": SANITY,
            "node_modules/cms/package.json": '{"name": "cms", "main": "index.js"}',
        },
    ),
    "scripts in a folder served unchanged (`public`); like all served files, they are scanned for secrets": main(
        "",
        {
            "index.html": '<script src="/like.js"></script>',
            "public/like.js": (
                "fetch('https://abcd1234.api.sanity.io/v1/data/mutate/production', "
                "{method: 'POST', headers: {Authorization: `Bearer ${window.SANITY_TOKEN}`}})"
            ),
        },
    ),
    "scripts in templates of other languages (PHP, EJS, Blade …), and imports in MDX": main(
        "",
        {
            "index.php": '<script type="module" src="/src/boot.js"></script>',
            "index.ejs": '<script type="module" src="/src/boot.js"></script>',
            "page.mdx": "import {client} from './src/lib/sanity'",
            "src/boot.js": "import {client} from './lib/sanity'\nclient.fetch('*')",
        },
    ),
    "files larger than 1,000,000 bytes or with a line of 20,000 bytes, which count as generated": main(
        f"// {'a' * 20_000}\nimport {{client}} from './lib/sanity'\nclient.fetch('*')"
    ),
    "members inherited from another class": makes(
        "import {Base} from './base'\nexport class Cms extends Base {\n"
        "  client() { return createClient({projectId: 'abcd1234', token: this.token}) }\n}",
        {
            "src/base.js": "export class Base { constructor() { this.token = process.env.SANITY_TOKEN } }",
        },
    ),
    "a value in a `Map`, or put into an object under a computed name": makes(
        "const kept = new Map([['token', process.env.SANITY_TOKEN]])\nconst key = 'token'\n"
        "createClient({projectId: 'abcd1234', token: kept.get('token')})\n"
        "createClient({projectId: 'abcd1234', [key]: process.env.SANITY_TOKEN})"
    ),
    "a token passed through more than four functions": makes(
        "const a = (token) => createClient({projectId: 'abcd1234', token})\n"
        + "".join(f"const {name} = (token) => {inner}(token)\n" for inner, name in zip("abcd", "bcde", strict=True))
        + "export const client = e(process.env.SANITY_TOKEN)"
    ),
    "writes through a client that a function, component or class receives": makes(
        "import {like} from './likes'\nlike(createClient({projectId: 'abcd1234'}))",
        {
            "src/likes.js": "export const like = (client) => client.create({_type: 'like'})",
        },
    ),
    "clients and URLs of other vendors: their keys are found by shape, by a public name, or when passed to the browser": makes(
        "import OpenAI from 'openai'\nexport const ai = new OpenAI({apiKey: process.env.OPENAI_API_KEY})"
    ),
}
"""Route -> a project in which nothing is found."""
