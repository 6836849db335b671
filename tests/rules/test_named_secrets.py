"""A secret that only a name tells: every way in which a name stands before its value."""

import pytest

from frontleak.match.engine import Engine, EngineName
from frontleak.rules.embeddings import EMBEDDINGS
from tests.support.made import ENGINES, found_by, make_rule, make_set
from tests.support.shipped import shipped_sources

PATTERN = "{{word}} (?i:acme) {{key}} (?P<secret> [0-9a-f]{32} ) {{end}}"
VALUE = "4f0ac91b7d2e4865b3907cfa18d6e2b5"

FOUND = {
    "property": '{acmeApiKey:"VALUE"}',
    "property of an object": 'acme.apiKey = "VALUE"',
    "quoted member": "config['acme-token'] = 'VALUE'",
    "variable": 'const ACME_API_KEY = "VALUE";',
    "variable in minified code": "var acmeSecret='VALUE',t=1",
    "template": "let acmeToken=`VALUE`",
    "header object": 'headers:{"X-Acme-Api-Key":"VALUE"}',
    "headers.set": 'headers.set("X-Acme-Token", "VALUE")',
    "setRequestHeader": "r.setRequestHeader('X-Acme-Key','VALUE')",
    "default headers": "axios.defaults.headers.common['X-Acme-Key'] = 'VALUE'",
    "query with the name": '"/v1?acme_key=VALUE&x=1"',
    "query of the vendor's host": '"https://api.acme.com/v1?region=eu&api_key=VALUE"',
    "query in HTML": 'src="https://acme.com/a.js?v=1&amp;key=VALUE"',
    "env line": "ACME_API_KEY=VALUE",
    "env line in quotes": 'ACME_API_KEY="VALUE"',
    "export": "export ACME_SECRET='VALUE'",
    "JSON key": '{"acmeApiKey": "VALUE"}',
    "JSON in JSON": r'"{\"acmeApiKey\":\"VALUE\"}"',
    "name and value": '{"name":"ACME_API_KEY","value":"VALUE"}',
    "name and value in YAML": "- name: ACME_API_KEY\n          value: VALUE",
    "YAML": "acme_token: VALUE",
    "YAML nested": "acme:\n  region: eu\n  api_key: VALUE\n",
    "INI": "acme_key = VALUE",
    "INI section": "[acme]\nregion = eu\napi_key = VALUE\n",
    "Dockerfile ENV": "ENV ACME_API_KEY VALUE",
    "Dockerfile ENV with =": "ENV ACME_API_KEY=VALUE",
    "option": "deploy --acme-token VALUE",
    "HTML attribute": '<div data-acme-key="VALUE"></div>',
    "meta": '<meta name="acme-api-key" content="VALUE">',
    "XML": "<acmeKey>VALUE</acmeKey>",
    "Android": '<string name="acme_api_key">VALUE</string>',
    "plist": "<key>AcmeApiKey</key>\n  <string>VALUE</string>",
    "|| default": 'process.env.ACME_KEY||"VALUE"',
    "?? default": "import.meta.env.VITE_ACME_KEY ?? 'VALUE'",
    "default of a quoted name": 'process.env["ACME_KEY"] || "VALUE"',
    "default of a getter": 'Deno.env.get("ACME_KEY") ?? "VALUE"',
    "default argument": "env('ACME_KEY', 'VALUE')",
    "type annotation": 'const acmeApiKey: string = "VALUE"',
    "union type": 'private acmeKey?: string | undefined = "VALUE"',
    "as const": 'export const acmeKey = "VALUE" as const',
    "renamed with a default": '({acmeKey:e="VALUE"})=>e',
    ":=": 'acmeKey := "VALUE"',
    "object nested once": 'acme:{region:"eu",auth:{apiKey:"VALUE"}}',
    "object": "acme = { apiKey: 'VALUE' }",
    "options of a function": 'Acme.init({apiKey:"VALUE"})',
    "options of a class": 'new AcmeClient({region:"eu",secret:"VALUE"})',
    "function": 'acme.setApiKey("VALUE")',
    "storage": 'localStorage.setItem("acmeToken","VALUE")',
    "define": "define('ACME_KEY', 'VALUE');",
    "sibling": '{provider:"acme",apiKey:"VALUE"}',
    "Authorization": 'fetch("https://api.acme.com/v1",{headers:{Authorization:"Bearer VALUE"}})',
    "Authorization after others": (
        'fetch(`https://api.acme.com/v1/${e}`,{method:"POST",headers:{"Content-Type":"application/json",Authorization:"Bearer VALUE"}})'
    ),
    "Authorization by name": 'headers:{Authorization:"Acme-Auth-Key VALUE"}',
    "token scheme": 'acmeAuth:"Token token=VALUE"',
    "plural": 'acmeTokens:["VALUE"]',
    "suffix": "ACME_API_KEY_PROD=VALUE",
    "personal access token": "ACME_PAT=VALUE",
    "public variable": "NEXT_PUBLIC_ACME_KEY=VALUE",
    "inner word": 'const myAcmeKey="VALUE"',
    "setting of a build": """{ACME_KEY: '"VALUE"'}""",
    "setting of a build in JSON": r'{"ACME_KEY": "\"VALUE\""}',
    "constant of a build": '{"process.env.ACME_KEY": JSON.stringify("VALUE")}',
    "constant of an Android build": r'buildConfigField("String", "ACME_KEY", "\"VALUE\"")',
    "after a Unicode escape": r"\u0022acmeKey\u0022:\u0022VALUE\u0022",
    "HTML entities": "{&quot;acmeKey&quot;:&quot;VALUE&quot;}",
    "percent": "%22acmeKey%22%3A%22VALUE%22",
}  # fmt: skip

SILENT = {
    "no name": 'hash="VALUE"',
    "no word for a secret": 'acmeVersion="VALUE"',
    "another statement": 'var acmeKey;var t="VALUE"',
    "another statement in minified code": 'acmeKey=e;t="VALUE"',
    "another variable": 'acmeKey=e,t="VALUE"',
    "another property": 'acmeKey:e,t:"VALUE"',
    "another key word": 'acme=e,token="VALUE"',
    "another property with a key word": 'acme:!0,token:"VALUE"',
    "an object of another variable": 'acme=e,t={key:"VALUE"}',
    "behind a brace": '{acme:1},{key:"VALUE"}',
    "behind a function": 'function acme(){}var key="VALUE"',
    "behind a parameter": 'acme(e),key="VALUE"',
    "an argument after a variable": 'f(acmeKey,"VALUE")',
    "path": 'acme:{path:"VALUE"}',
    "keyframes": 'acme.keyframes="VALUE"',
    "tokenizer": 'acmeTokenizer:{},hash:"VALUE"',
    "authors": 'acme.authors="VALUE"',
    "id of a key": 'acmeKeyId:"VALUE"',
    "id of a token": "ACME_TOKEN_ID=VALUE",
    "longer value": 'acmeKey:"VALUEVALUE"',
    "longer name": 'placmeKey:"VALUE"',
    "longer name in capitals": "PLACME_KEY=VALUE",
    "a line below": "acme\nkey: VALUE",
    "import": 'import{acmeKey}from"./VALUE"',
    "comment": '// acme\nconst key="VALUE"',
    "comparison": 'acmeKey!==e&&"VALUE"',
    "nested twice": 'acme:{a:{b:{key:"VALUE"}}}',
}


def engine_of(name: EngineName) -> Engine:
    return Engine(make_set(make_rule(PATTERN, name="acme-key", macros=dict(shipped_sources().macros))), name)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return engine_of(request.param)


@pytest.mark.parametrize("name", SILENT)
def test_a_value_of_something_else_is_no_secret(engine: Engine, name: str) -> None:
    assert found_by(engine, SILENT[name].replace("VALUE", VALUE).encode()) == []


@pytest.mark.parametrize("name", FOUND)
def test_a_name_stands_before_its_value(engine: Engine, name: str) -> None:
    assert found_by(engine, FOUND[name].replace("VALUE", VALUE).encode()) == [("acme-key", VALUE.encode())]


@pytest.mark.parametrize("embedding", [name for name, _ in EMBEDDINGS])
def test_every_way_is_found_in_every_embedding(engine: Engine, embedding: str) -> None:
    write = dict(EMBEDDINGS)[embedding]
    # a backslash before an entity or a percent escape is not written by any build
    written = {name: text for name, text in FOUND.items() if "\\" not in text}
    texts = {name: write(text.replace("VALUE", VALUE)).encode() for name, text in written.items()}
    assert [name for name, text in texts.items() if not found_by(engine, text)] == []


NAMED = "{{name-part}} (?i:acme) {{named}} (?P<secret> [0-9a-f]{32} ) {{end}}"
"""A name that only one vendor has."""
NAMED_FOUND = {
    "private": '{acmePrivate:"VALUE"}',
    "access": "ACME_ACCESS=VALUE",
    "api": 'const acmeApi = "VALUE"',
    "access code": "acme access code: VALUE",
    "a hyphen": "acme-token-VALUE",
    "an underscore": "acme_private_key_VALUE",
    "words": "acme SECRET VALUE",
}
NAMED_SILENT = {
    "no word for a secret": 'acmeVersion="VALUE"',
    "an id": 'acmeAccessId="VALUE"',
    "the id of a key": 'acmePrivateKeyId:"VALUE"',
    "another word": 'acmeAccessible:"VALUE"',
    "another word with a hyphen": "acme-version-VALUE",
    "a longer name": "placmeprivate=VALUE",
}


@pytest.fixture(scope="module", params=ENGINES)
def named_engine(request: pytest.FixtureRequest) -> Engine:
    macros = dict(shipped_sources().macros)
    return Engine(make_set(make_rule(NAMED, name="acme-key", macros=macros)), request.param)


@pytest.mark.parametrize("name", sorted({*SILENT, *NAMED_SILENT}))
def test_after_a_rare_name_a_value_of_something_else_is_no_secret(named_engine: Engine, name: str) -> None:
    text = {**SILENT, **NAMED_SILENT}[name]
    assert found_by(named_engine, text.replace("VALUE", VALUE).encode()) == []


@pytest.mark.parametrize("name", sorted({*FOUND, *NAMED_FOUND}))
def test_after_a_rare_name_less_tells_a_secret(named_engine: Engine, name: str) -> None:
    text = {**FOUND, **NAMED_FOUND}[name]
    assert found_by(named_engine, text.replace("VALUE", VALUE).encode()) == [("acme-key", VALUE.encode())]
