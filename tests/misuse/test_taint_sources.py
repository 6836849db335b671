"""Taint sources of a client's token, followed through names, modules and settings to a variable or a literal."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.code import Texts, misuse, package

RULE: Final = "sanity-token-in-client-code"
CLIENT: Final = "import {createClient} from '@sanity/client'\n"
VITE: Final = {
    "package.json": package("vite", "@sanity/client"),
    "index.html": '<script type="module" src="/src/main.ts"></script>',
}


def tokens(files: Texts) -> list[tuple[str, Sequence[str]]]:
    """Return (place, names) of each token passed to a client in client-side code."""
    return [
        (f"{finding.place.origin.path}:{finding.place.line}", finding.context.get("name", ()))
        for finding in misuse(files)
        if finding.rule_id == RULE
    ]


def given(expression: str, before: str = "", **files: str) -> list[tuple[str, Sequence[str]]]:
    """Return the same for a client with an expression as token, with code before it and other files."""
    main = f"{CLIENT}{before}\nexport const client = createClient({{projectId: 'a', token: {expression}}})\n"
    return tokens({**VITE, "src/main.ts": main, **{f"src/{name}.ts": text for name, text in files.items()}})


NO_TOKEN: Final[Mapping[str, tuple[str, str]]] = {
    "nothing": ("undefined", ""),
    "null": ("null", ""),
    "an empty text": ("''", ""),
    "a text that has no token's shape": ("'replace-me'", ""),
    "what somebody types": ("prompt('token')", ""),
    "what a person who is logged in has": ("localStorage.getItem('token')", ""),
    "a parameter": ("undefined", "export const make = (token) => createClient({projectId: 'a', token})"),
    "a member of a parameter": (
        "undefined",
        "export const f = ({s}) => createClient({projectId: 'a', token: s.token})",
    ),
    "a function that is not known": ("getToken()", "import {getToken} from 'elsewhere'"),
    "a name that nothing declares": ("SANITY_TOKEN", ""),
    "the mode": ("process.env.NODE_ENV", ""),
    "what only the server gets, by a condition": (
        "typeof window === 'undefined' ? process.env.A_TOKEN : undefined",
        "",
    ),
    "what only the server gets, by the other branch": (
        "typeof window !== 'undefined' ? undefined : process.env.A_TOKEN",
        "",
    ),
    "what only the server gets, by an and": ("typeof window === 'undefined' && process.env.A_TOKEN", ""),
    "what only the server gets, by Vite's flag": ("import.meta.env.SSR && process.env.A_TOKEN", ""),
    "a branch that no build has": ("false && process.env.A_TOKEN", ""),
    "a branch beside one that every build has": ("true ? undefined : process.env.A_TOKEN", ""),
    "a branch of a test": ("import.meta.vitest ? process.env.A_TOKEN : undefined", ""),
    "a branch of a test, by the mode": ("process.env.NODE_ENV === 'test' ? process.env.A_TOKEN : ''", ""),
    "what is not for the browser": ("!isBrowser ? process.env.A_TOKEN : ''", ""),
    "what only the server gets, with more": ("import.meta.env.SSR && ready && process.env.A_TOKEN", ""),
    "a getter of something else": ("config.name", "const config = {get token() { return process.env.A_TOKEN }}"),
    "a field of something else": ("new Config().name", "class Config { token = process.env.A_TOKEN }"),
    "what only the server gets, by a name": ("isServer ? process.env.A_TOKEN : ''", ""),
    "a variable of the name elsewhere that is set later": (
        "token",
        "let token = ''\nexport function f() { let token; token = process.env.A_TOKEN; return token }",
    ),
    "a key that is not known": ("process.env[key]", "export let key"),
    "a key that is an ordinary variable's": ("process.env[KEY]", "const KEY = 'NODE_ENV'"),
    "a lookup of elsewhere": ("get('token')", "const get = (name) => cache[name]"),
    "a process of its own": ("env.token", "const process = {env: {token: ''}}\nconst {env} = process"),
    "a member that is not there": ("config.token", "const config = {projectId: 'a'}"),
    "an enum": ("Kind.token", "enum Kind { token = 'a' }"),
    "a name that leads back to itself": ("a", "const a = b\nconst b = a"),
    "a function that returns what it returns": ("f()", "const f = () => g()\nconst g = () => f()"),
}


@pytest.mark.parametrize(("expression", "before"), NO_TOKEN.values(), ids=NO_TOKEN)
def test_what_is_no_token(expression: str, before: str) -> None:
    assert given(expression, before) == []


ENVIRONMENT: Final[Mapping[str, tuple[str, str]]] = {
    "process.env": ("process.env.A_TOKEN", ""),
    "process.env with brackets": ("process.env['A_TOKEN']", ""),
    "process.env, asked for carefully": ("process?.env?.A_TOKEN", ""),
    "import.meta.env": ("import.meta.env.A_TOKEN", ""),
    "import.meta.env, asked for carefully": ("import.meta.env?.A_TOKEN", ""),
    "globalThis": ("globalThis.process.env.A_TOKEN", ""),
    "a cast of process": ("(process as any)?.env?.A_TOKEN", ""),
    "a cast of import.meta": ("(import.meta as any).env.A_TOKEN", ""),
    "process destructured": ("env.A_TOKEN", "const {env} = process"),
    "process destructured at once": ("A_TOKEN", "const {env: {A_TOKEN}} = process as any"),
    "an angle cast": ("(<any>process).env.A_TOKEN", ""),
    "an angle cast of the variable": ("<string>process.env.A_TOKEN", ""),
    "Reflect": ("Reflect.get(process.env, 'A_TOKEN')", ""),
    "a computed key": ("process.env[KEY]", "const KEY = 'A_TOKEN'"),
    "a computed key of constants": ("env![KEYS.token as string]", "const {env} = process, KEYS = {token: 'A_TOKEN'}"),
    "a key put together": ("process.env[`${PREFIX}_TOKEN`]", "const PREFIX = 'A'"),
    "a function that looks it up": ("get('A_TOKEN')", "const get = (name) => process.env[name]"),
    "a function that looks it up and checks": (
        "get('A_TOKEN')",
        "function get(name: string): string { const value = process.env[name]; if (!value) throw 1; return value }",
    ),
    "the module process": ("env.A_TOKEN", "import {env} from 'node:process'"),
    "a copy of the environment": ("env.A_TOKEN", "const env = {...process.env, a: 1}"),
    "Deno with a constant": ("Deno.env.get(KEY)", "const KEY = 'A_TOKEN'"),
    "Deno": ("Deno.env.get('A_TOKEN')", ""),
    "Bun": ("Bun.env.A_TOKEN", ""),
    "an assertion": ("process.env.A_TOKEN!", ""),
    "a cast": ("process.env.A_TOKEN as string", ""),
    "satisfies": ("(process.env.A_TOKEN satisfies string)", ""),
    "brackets": ("((process.env.A_TOKEN))", ""),
    "a template": ("`${process.env.A_TOKEN}`", ""),
    "a sum": ("'' + process.env.A_TOKEN", ""),
    "a text that is trimmed": ("process.env.A_TOKEN.trim()", ""),
    "a check of elsewhere": ("assertValue(process.env.A_TOKEN, 'Missing A_TOKEN')", "import {assertValue} from 'x'"),
    "a default": ("process.env.A_TOKEN ?? ''", ""),
    "a default before it": ("undefined || process.env.A_TOKEN", ""),
    "an and": ("ready && process.env.A_TOKEN", ""),
    "a branch": ("preview ? process.env.A_TOKEN : undefined", ""),
    "the browser's branch": ("typeof window !== 'undefined' ? process.env.A_TOKEN : undefined", ""),
    "a branch for what is missing": ("typeof token === 'undefined' ? process.env.A_TOKEN : token", "let token"),
    "a branch for the browser too": ("isServer || preview ? process.env.A_TOKEN : ''", ""),
    "a branch of what is not only for the server": ("!isServer && process.env.A_TOKEN", ""),
    "a member that is frozen": ("config.token", "const config = Object.freeze({token: process.env.A_TOKEN})"),
    "a member that is frozen with its owner": (
        "config.sanity.token",
        "const config = Object.freeze({sanity: Object.freeze({token: process.env.A_TOKEN})} as const)",
    ),
    "a member that is merged": ("config.token", "const config = Object.assign({}, {token: process.env.A_TOKEN})"),
    "a getter": ("config.token", "const config = {get token() { return process.env.A_TOKEN }}"),
    "a getter of a class": ("Config.token", "class Config { static get token() { return process.env.A_TOKEN } }"),
    "a getter of an instance": ("new Config().token", "class Config { get token() { return process.env.A_TOKEN } }"),
    "a field of an instance": (
        "config.token",
        "class Config { readonly token = process.env.A_TOKEN }\nconst config = new Config()",
    ),
    "a field that the constructor sets": (
        "new Config().token",
        "class Config { constructor() { this.token = process.env.A_TOKEN } }",
    ),
    "a sequence": ("(log(), process.env.A_TOKEN)", ""),
    "a constant": ("token", "const token = process.env.A_TOKEN"),
    "a constant that is declared later": ("later()", "const later = () => token\nconst token = process.env.A_TOKEN"),
    "a variable that is set later": ("token", "let token\nif (ready) token = process.env.A_TOKEN"),
    "a variable that is set anew": ("token", "let token = ''\nif (ready) { token = process.env.A_TOKEN }"),
    "a constant of a constant": ("b", "const a = process.env.A_TOKEN\nconst b = a"),
    "another name of the environment": ("env.A_TOKEN", "const env = process.env"),
    "destructured": ("A_TOKEN", "const {A_TOKEN} = process.env"),
    "destructured under another name": ("token", "const {A_TOKEN: token} = process.env"),
    "destructured with a default": ("token", "const {A_TOKEN: token = ''} = import.meta.env"),
    "the rest of what is destructured": ("rest.A_TOKEN", "const {MODE, ...rest} = import.meta.env"),
    "destructured twice": ("token", "const {sanity: {token}} = {sanity: {token: process.env.A_TOKEN}}"),
    "an item of a list": ("token", "const [name, token] = ['a', process.env.A_TOKEN]"),
    "an item after a hole": ("token", "const [, token] = ['a', process.env.A_TOKEN]"),
    "an item in a list with a hole": ("token", "const [, token] = [, process.env.A_TOKEN]"),
    "an item by its number": ("list[1]", "const list = ['a', process.env.A_TOKEN]"),
    "a member": ("config.token", "const config = {token: process.env.A_TOKEN}"),
    "a member of a member": ("config.sanity.token", "const config = {sanity: {token: process.env.A_TOKEN}}"),
    "a member by a text": ("config['token']", "const config = {'token': process.env.A_TOKEN}"),
    "a member whose key is in brackets": ("config.token", "const config = {['token']: process.env.A_TOKEN}"),
    "a member of what is spread": (
        "all.token",
        "const part = {token: process.env.A_TOKEN}\nconst all = {...part, a: 1}",
    ),
    "a member of a constant object": ("config.token", "const config = {token: process.env.A_TOKEN} as const"),
    "a checked environment": ("env.A_TOKEN", "const env = schema.parse(process.env)"),
    "a function": ("getToken()", "function getToken() { return process.env.A_TOKEN }"),
    "an arrow": ("getToken()", "const getToken = () => process.env.A_TOKEN"),
    "a function that waits": ("await getToken()", "const getToken = async () => { return process.env.A_TOKEN }"),
    "a function that returns early": (
        "getToken()",
        "function getToken() { if (!process.env.A_TOKEN) throw new Error('x'); const t = process.env.A_TOKEN; return t }",
    ),
    "a function's member": ("settings().token", "const settings = () => ({token: process.env.A_TOKEN})"),
    "a method of an object": ("all.token()", "const all = {token() { return process.env.A_TOKEN }}"),
    "a function that gives its parameter back": (
        "must(process.env.A_TOKEN)",
        "function must(value) { if (!value) throw 1; return value }",
    ),
}


@pytest.mark.parametrize(("expression", "before"), ENVIRONMENT.values(), ids=ENVIRONMENT)
def test_a_variable_of_the_environment(expression: str, before: str) -> None:
    assert [names for _, names in given(expression, before)] == [("A_TOKEN",)]


LITERAL: Final[Mapping[str, tuple[str, str, Sequence[str]]]] = {
    "in its place": ("'{0}'", "", ()),
    "in double quotes": ('"{0}"', "", ()),
    "a template": ("`{0}`", "", ()),
    "a constant": ("token", "const token = '{0}'", ("token",)),
    "a constant in a template": ("`${{token}}`", "const token = '{0}'", ("token",)),
    "a member": ("config.sanityToken", "const config = {{sanityToken: '{0}'}}", ("sanityToken",)),
    "a default": ("process.env.A_TOKEN || '{0}'", "", ("A_TOKEN",)),
    "a default of nothing": ("process.env.A_TOKEN ?? '{0}'", "", ("A_TOKEN",)),
}


@pytest.mark.parametrize(("expression", "before", "names"), LITERAL.values(), ids=LITERAL)
def test_a_token_that_is_written_in_the_code(expression: str, before: str, names: Sequence[str]) -> None:
    secret = token()
    assert [found for _, found in given(expression.format(secret), before.format(secret))] == [names]


MODULES: Final[Mapping[str, tuple[str, str, Texts]]] = {
    "a name": ("token", "import {token} from './env'", {"src/env.ts": "export const token = process.env.A_TOKEN"}),
    "a name under another": (
        "b",
        "import {a as b} from './env'",
        {"src/env.ts": "export const a = process.env.A_TOKEN"},
    ),
    "a declaration that is exported later": (
        "token",
        "import {token} from './env'",
        {"src/env.ts": "const own = process.env.A_TOKEN\nexport {own as token}"},
    ),
    "a default": ("token", "import token from './env'", {"src/env.ts": "export default process.env.A_TOKEN"}),
    "a default that has a name": (
        "token",
        "import token from './env'",
        {"src/env.ts": "const own = process.env.A_TOKEN\nexport default own"},
    ),
    "a default by its name": (
        "token",
        "import {default as token} from './env'",
        {"src/env.ts": "export default process.env.A_TOKEN"},
    ),
    "a member of a default": (
        "env.token",
        "import env from './env'",
        {"src/env.ts": "export default {token: process.env.A_TOKEN}"},
    ),
    "everything": (
        "env.token",
        "import * as env from './env'",
        {"src/env.ts": "export const token = process.env.A_TOKEN"},
    ),
    "destructured and exported": (
        "A_TOKEN",
        "import {A_TOKEN} from './env'",
        {"src/env.ts": "export const {A_TOKEN, B} = process.env"},
    ),
    "a function": (
        "getToken()",
        "import {getToken} from './env'",
        {"src/env.ts": "export function getToken() { return process.env.A_TOKEN }"},
    ),
    "a default function": (
        "get()",
        "import get from './env'",
        {"src/env.ts": "export default function () { return process.env.A_TOKEN }"},
    ),
    "exported on": (
        "token",
        "import {token} from './env'",
        {"src/env.ts": "export {own as token} from './own'", "src/own.ts": "export const own = process.env.A_TOKEN"},
    ),
    "imported and exported on": (
        "token",
        "import {token} from './env'",
        {
            "src/env.ts": "import {own} from './own'\nexport {own as token}",
            "src/own.ts": "export const own = process.env.A_TOKEN",
        },
    ),
    "a default that is exported on by a name": (
        "token",
        "import {token} from './env'",
        {"src/env.ts": "export {default as token} from './own'", "src/own.ts": "export default process.env.A_TOKEN"},
    ),
    "everything exported on": (
        "token",
        "import {token} from './env'",
        {"src/env.ts": "export * from './own'", "src/own.ts": "export const token = process.env.A_TOKEN"},
    ),
    "everything exported on, twice": (
        "token",
        "import {token} from './env'",
        {
            "src/env/index.ts": "export * from './one'\nexport * from './two'",
            "src/env/one.ts": "export const other = 1",
            "src/env/two.ts": "export * from './three'",
            "src/env/three.ts": "export const token = process.env.A_TOKEN",
        },
    ),
    "everything exported on under a name": (
        "env.token",
        "import {env} from './env'",
        {"src/env.ts": "export * as env from './own'", "src/own.ts": "export const token = process.env.A_TOKEN"},
    ),
    "what is spread from elsewhere": (
        "config.token",
        "import {base} from './env'\nconst config = {a: 1, ...base}",
        {"src/env.ts": "export const base = {token: process.env.A_TOKEN}"},
    ),
    "require": ("require('./env').token", "", {"src/env.js": "module.exports = {token: process.env.A_TOKEN}"}),
    "require of a name": ("require('./env').token", "", {"src/env.js": "exports.token = process.env.A_TOKEN"}),
    "require, destructured": (
        "token",
        "const {token} = require('./env')",
        {"src/env.js": "module.exports = {token: process.env.A_TOKEN}"},
    ),
    "an import when it is run": (
        "(await import('./env')).token",
        "",
        {"src/env.ts": "export const token = process.env.A_TOKEN"},
    ),
    "tsconfig's paths": (
        "token",
        "import {token} from '@lib/env'",
        {
            "tsconfig.json": '{"compilerOptions": {"paths": {"@lib/*": ["./lib/*"]}}}',
            "lib/env.ts": "export const token = process.env.A_TOKEN",
        },
    ),
    "an alias of the framework": (
        "token",
        "import {token} from '@/env'",
        {"src/env.ts": "export const token = process.env.A_TOKEN"},
    ),
    "the package's imports": (
        "token",
        "import {token} from '#env'",
        {
            "package.json": '{"private": true, "imports": {"#env": "./lib/env.ts"}, "dependencies": {"vite": "7", "@sanity/client": "7"}}',
            "lib/env.ts": "export const token = process.env.A_TOKEN",
        },
    ),
    "another package of the workspace": (
        "token",
        "import {token} from '@our/env'",
        {
            "package.json": '{"private": true, "workspaces": ["packages/*"], "dependencies": {"vite": "7", "@sanity/client": "7"}}',
            "packages/env/package.json": '{"name": "@our/env", "private": true, "main": "./index.ts"}',
            "packages/env/index.ts": "export const token = process.env.A_TOKEN",
        },
    ),
}


@pytest.mark.parametrize(("expression", "before", "files"), MODULES.values(), ids=MODULES)
def test_a_variable_of_another_module(expression: str, before: str, files: Texts) -> None:
    main = f"{CLIENT}{before}\nexport const client = createClient({{projectId: 'a', token: {expression}}})\n"
    assert [names for _, names in tokens({**VITE, "src/main.ts": main, **files})] == [("A_TOKEN",)]


CONFIGURATION: Final[Mapping[str, str]] = {
    "in its place": "createClient({projectId: 'a', token: process.env.A_TOKEN})",
    "shorthand": "const token = process.env.A_TOKEN; createClient({projectId: 'a', token})",
    "a constant": "const config = {token: process.env.A_TOKEN}; createClient(config)",
    "spread": "const config = {token: process.env.A_TOKEN}; createClient({...config, useCdn: false})",
    "spread by a condition": "createClient({projectId: 'a', ...(preview && {token: process.env.A_TOKEN})})",
    "a function's": "const config = () => ({token: process.env.A_TOKEN}); createClient(config())",
    "put into it later": "const config = {}; config.token = process.env.A_TOKEN; createClient(config)",
    "another key that is a text": "createClient({'token': process.env.A_TOKEN})",
    "a client of the client": "const base = createClient({}); base.withConfig({token: process.env.A_TOKEN})",
    "a client that is configured": "const base = createClient({}); base.config({token: process.env.A_TOKEN})",
    "a client of what a function makes": "const make = () => createClient({}); make().withConfig({token: process.env.A_TOKEN})",
    "a client made by new": "new SanityClient({token: process.env.A_TOKEN})",
    "the default export": "sanityClient({token: process.env.A_TOKEN})",
    "all of the package": "sanity.createClient({token: process.env.A_TOKEN})",
    "under another name": "make({token: process.env.A_TOKEN})",
    "require": "require('@sanity/client')({token: process.env.A_TOKEN})",
    "require of a name": "require('@sanity/client').createClient({token: process.env.A_TOKEN})",
    "in a class": "class A { client = createClient({token: process.env.A_TOKEN}) }",
}
IMPORTS: Final = (
    "import sanityClient, {createClient, createClient as make, SanityClient} from '@sanity/client'\n"
    "import * as sanity from '@sanity/client'\n"
)


@pytest.mark.parametrize("code", CONFIGURATION.values(), ids=CONFIGURATION)
def test_a_configuration(code: str) -> None:
    assert tokens({**VITE, "src/main.ts": IMPORTS + code}) == [("src/main.ts:3", ("A_TOKEN",))]


NO_CLIENT: Final[Mapping[str, str]] = {
    "a function of the project": "const createClient = (config) => config; createClient({token: process.env.A_TOKEN})",
    "another package": "import {createClient} from '@supabase/supabase-js'; createClient({token: process.env.A_TOKEN})",
    "a type": "import type {SanityClient} from '@sanity/client'; new Client({token: process.env.A_TOKEN})",
    "a name that something inside hides": (
        "import {createClient} from '@sanity/client'; const f = (createClient) => createClient({token: process.env.A_TOKEN})"
    ),
    "another method of the client": (
        "import {createClient} from '@sanity/client'; createClient({}).listen({token: process.env.A_TOKEN})"
    ),
}


@pytest.mark.parametrize("code", NO_CLIENT.values(), ids=NO_CLIENT)
def test_what_is_no_client(code: str) -> None:
    assert tokens({**VITE, "src/main.ts": f"/* @sanity/client */ {code}"}) == []


REQUEST: Final[Mapping[str, str]] = {
    "fetch": "fetch('https://a.api.sanity.io/v1/data/query/b', {headers: {Authorization: `Bearer ${process.env.A_TOKEN}`}})",
    "fetch of an address put together": (
        "const host = 'https://a.apicdn.sanity.io'; fetch(`${host}/v1/data/query/b`, {headers: {authorization: process.env.A_TOKEN}})"
    ),
    "fetch with settings of elsewhere": (
        "const headers = {Authorization: 'Bearer ' + process.env.A_TOKEN}; fetch('https://a.api.sanity.io/v1/x', {headers})"
    ),
    "axios": "axios.post('https://a.api.sanity.io/v1/x', {}, {headers: {Authorization: process.env.A_TOKEN}})",
    "axios with an address among its settings": (
        "axios({url: 'https://a.api.sanity.io/v1/x', headers: {Authorization: process.env.A_TOKEN}})"
    ),
    "an instance of axios": (
        "axios.create({baseURL: 'https://a.api.sanity.io/v1', headers: {Authorization: process.env.A_TOKEN}})"
    ),
    "ky": "ky.get('https://a.api.sanity.io/v1/x', {headers: {Authorization: process.env.A_TOKEN}})",
}


@pytest.mark.parametrize("code", REQUEST.values(), ids=REQUEST)
def test_a_request_to_sanity(code: str) -> None:
    assert [names for _, names in tokens({**VITE, "src/main.ts": code})] == [("A_TOKEN",)]


@pytest.mark.parametrize(
    "code",
    [
        "fetch('/api/data', {headers: {Authorization: `Bearer ${process.env.A_TOKEN}`}})",
        "fetch('https://a.api.sanity.io/v1/data/query/b', {headers: {'X-Token': process.env.A_TOKEN}})",
        "fetch('https://a.api.sanity.io/v1/data/query/b')",
        "send('https://a.api.sanity.io/v1/data/query/b', {headers: {Authorization: process.env.A_TOKEN}})",
    ],
    ids=["to the site itself", "without authorization", "without a token", "by something that sends no request"],
)
def test_what_is_no_request_to_sanity_with_a_token(code: str) -> None:
    assert tokens({**VITE, "src/main.ts": f"/* .api.sanity.io */ {code}"}) == []
