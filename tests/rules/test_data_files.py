"""Mistakes in the shipped files that hold no rules: each with its exact message, at the line of its key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from frontleak.rules.compile import build_triggers
from frontleak.rules.data_files import data_file_kind
from frontleak.rules.macros import read_macros
from frontleak.rules.paths import RULE_FOLDERS, rules_directory
from frontleak.rules.read import read_data
from frontleak.scanning.rules import known_names
from tests.support.shipped import shipped_sources

ROOT: Final = rules_directory()
SHIPPED: Final = sorted(file.relative_to(ROOT).as_posix() for file in ROOT.rglob("*.yaml"))

FRAMEWORK: Final = """\
id: own
kind: framework
name: Own
dependencies:
  - own
makes_apps: true
aliases:
  "@": [src]
public_env: [OWN_]
outputs:
  - name: build
    recognised_by:
      - folder: .own
      - holds: [own.json]
    reach:
      - served: "static/**"
      - server: "server/**"
code:
  server:
    - "api/**"
  shared_state: [useOwn]
  returned:
    "pages/**": [load]
page:
  intro: A framework.
  settings: []
  wrong: {a.ts: x}
  right: {a.ts: y}
  blind:
    - what: this
      files: {a.ts: z}
references:
  - https://example.com
"""
NAMES: Final = """secret: [A]
not_secret: [B]
write: [C]
read: [D]
sanity:
  - E
  - F (?:_|$)
public: [G]
never_public: [H]
harmless_values: [I]
names_a_word: [J]
tests: ["*.test.js"]
"""
SANITY: Final = """\
make_client: {own: [createClient]}
clients: {own: [client]}
global_clients: [useOwn]
session_clients: {own: [useClient]}
keepers: {useMemo: .}
reconfigure: [clone]
same_members: [observable]
request_methods: [request]
write_requests: '/data/mutate'
committed: [patch]
token_settings: {own: {App: [config.*.token]}}
live:
  packages: [own]
  function: defineLive
  browser_token: browserToken
hosts: 'api \\. own'
"""
METHODS: Final = """\
version: "1.0.0"
writes: {".": [create], agent.action: [patch]}
reads: {".": [fetch]}
"""
REQUESTS: Final = """\
senders: {own: [request]}
names: '(?: ^ | \\. ) fetch $'
addresses: [url]
headers: [init.headers]
setters: [set]
token_parts: {own: {auth: token}}
"""
BUNDLERS: Final = """\
- files: "own.config.{js,ts}"
  aliases: [resolve.alias]
- files: "other.config.js"
  aliases: []
  entries:
    - build.input
  entry: src
"""
WALK: Final = "build_output:\n  - dist\n  - .own/dist\nprune:\n  - .git\n"
SERVERS: Final = """\
packages: [own]
answers: [{owners: [res], methods: {json: [0]}}]
outgoing: {sockets: [Socket], packages: [web]}
returning: {own: [get]}
procedures: {owner: own, methods: [query]}
decorators: {own: [Get]}
resolvers: {types: [Query], packages: [graphql]}
written_files: {functions: [write], folders: [public], endings: [js]}
templates: {render: {own: [render]}, compile: {own: [compile]}}
bodies: [ctx.body]
drawings: [satori]
view_data: [app.locals]
view_data_of_response: [res.locals]
"""
TRIGGERS: Final = """\
hex:
  triggers: [abcdef]
  examples:
    - text: abcdef
      reads: a
    - {text: "\\xff", reports: is odd}
  silent: [a]
base64:
  triggers: [ghijkl]
  examples: [{text: a, reads: b}]
  silent: [b]
code:
  triggers: [mnopqr]
  examples: [{text: a}]
  silent: [b]
"""


def mistakes(path: str, text: str) -> list[str]:
    """Return the mistakes in a text for a shipped file, in order of line."""
    kind = data_file_kind(path)
    assert kind is not None
    told = read_data(Path("own.yaml"), text.encode(), kind, known_names())[1]
    return sorted(
        (mistake.removeprefix("own.yaml:") for mistake in told), key=lambda mistake: int(mistake.partition(":")[0])
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("frameworks/own.yaml", FRAMEWORK),
        ("code/names.yaml", NAMES),
        ("code/sanity.yaml", SANITY),
        ("code/sanity-client-methods.yaml", METHODS),
        ("code/requests.yaml", REQUESTS),
        ("code/bundlers.yaml", BUNDLERS),
        ("code/servers.yaml", SERVERS),
        ("walk.yaml", WALK),
        ("triggers.yaml", TRIGGERS),
        ("macros.yaml", "own: x\n"),
    ],
)
def test_a_sound_file_has_no_mistakes(path: str, text: str) -> None:
    assert mistakes(path, text) == []


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.partition("/")[0] not in RULE_FOLDERS])
def test_a_shipped_file_has_a_schema_and_no_mistakes(path: str) -> None:
    assert mistakes(path, (ROOT / path).read_text("utf-8")) == []


def test_a_rule_file_has_no_schema_of_data() -> None:
    assert data_file_kind("vendors/npm.yaml") is None
    assert data_file_kind("code/other.yaml") is None
    assert data_file_kind("frameworks/inner/next.yaml") is None


TABLE: Mapping[str, tuple[str, str, Mapping[str, str], list[str]]] = {
    "framework: every mistake": (
        "frameworks/own.yaml",
        FRAMEWORK,
        {
            "id: own": "id: Own Framework",
            "dependencies:\n  - own": "dependencies:\n  - []",
            "makes_apps: true": "makes_apps: often",
            '"@": [src]': '"@": src',
            "folder: .own": "folders: .own",
            "- server:": "- servers:",
            '"api/**"': '"{api,{b}}/**"',
            "shared_state": "shared_stat",
            "[load]": "load",
            "right:": "rihgt:",
            "- what: this": "- what:",
        },
        [
            "1: id must be kebab-case, such as sanity-token",
            "5: each item of dependencies must be a string",
            "6: makes_apps must be true or false",
            "8: aliases.@ must be a non-empty list of folders",
            ("13: unknown field 'outputs.recognised_by.folders'; did you mean 'folder'? allowed: folder, holds"),
            "17: unknown field 'outputs.reach.servers'; did you mean 'server'? allowed: served, server",
            "20: code.server: '{api,{b}}/**' has braces that are nested or do not match",
            (
                "21: unknown field 'code.shared_stat'; did you mean 'shared_state'? "
                "allowed: server, client, pages, templates, stripped, returned, sent_results, published_settings, "
                "shared_state, inlines_variables, undefined, fix, server_variable, server_import"
            ),
            "23: code.returned.pages/** must be a non-empty list of strings",
            "24: field 'page.right' is missing",
            "28: unknown field 'page.rihgt'; did you mean 'right'? allowed: intro, settings, wrong, right, blind, layouts",
            "30: page.blind.what must be a string",
        ],
    ),
    "framework: fields that stand twice or are missing": (
        "frameworks/own.yaml",
        FRAMEWORK,
        {
            "name: Own\n": "",
            "      - holds: [own.json]\n": "      - {}\n",
            "  shared_state: [useOwn]\n": "  server: []\n",
        },
        [
            "1: field 'name' is missing",
            "13: each item of outputs.recognised_by must be a mapping with folder, holds or both",
            "20: duplicate field 'code.server'",
        ],
    ),
    "names: every mistake": (
        "code/names.yaml",
        NAMES,
        {"read: [D]\n": "reed: [D]\n", "F (?:_|$)": "F (?:_|$"},
        [
            "1: field 'read' is missing",
            (
                "4: unknown field 'reed'; did you mean 'read'? allowed: secret, not_secret, public, never_public, "
                "harmless_values, names_a_word, write, read, sanity, tests"
            ),
            "7: sanity: not a valid regular expression: missing ), unterminated subpattern at position 2",
        ],
    ),
    "sanity: every mistake": (
        "code/sanity.yaml",
        SANITY,
        {
            "{own: [client]}": "{own: client}",
            "reconfigure: [clone]": "reconfigure: clone",
            "  function: defineLive\n": "  functions: defineLive\n",
            "'api \\. own'": "'api ('",
        },
        [
            "2: clients.own must be a non-empty list of strings",
            "6: reconfigure must be a non-empty list of strings",
            "12: field 'live.function' is missing",
            ("14: unknown field 'live.functions'; did you mean 'function'? allowed: packages, function, browser_token"),
            "16: hosts: not a valid regular expression: missing ), unterminated subpattern at position 4",
        ],
    ),
    "methods: every mistake": (
        "code/sanity-client-methods.yaml",
        METHODS,
        {"reads:": "read:", "agent.action: [patch]": "agent.action: patch"},
        [
            "1: field 'reads' is missing",
            "2: writes.agent.action must be a non-empty list of strings",
            "3: unknown field 'read'; did you mean 'reads'? allowed: version, writes, reads, unjudged",
        ],
    ),
    "requests: every mistake": (
        "code/requests.yaml",
        REQUESTS,
        {"own: [request]": "own: request", "fetch $": "( $"},
        [
            "1: senders.own must be a non-empty list of strings",
            "2: names: not a valid regular expression: missing ), unterminated subpattern at position 13",
        ],
    ),
    "bundlers: every mistake": (
        "code/bundlers.yaml",
        BUNDLERS,
        {"  aliases: []\n": "  alias: []\n", "build.input": "build..input"},
        [
            "3: field 'aliases' is missing",
            (
                "4: unknown field 'alias'; did you mean 'aliases'? allowed: files, aliases, bases, changed, calls, "
                "entries, entry"
            ),
            "6: entries: 'build..input' has an empty step",
        ],
    ),
    "bundlers: no list": ("code/bundlers.yaml", "files: x\n", {}, ["1: expected a list of bundlers"]),
    "servers: no list": (
        "code/servers.yaml",
        SERVERS,
        {"[own]": "own"},
        ["1: packages must be a non-empty list of strings"],
    ),
    "walk: every mistake": (
        "walk.yaml",
        WALK,
        {"prune:": "prunes:", ".own/dist": "/dist/*"},
        [
            "1: field 'prune' is missing",
            "3: each item of build_output must be a folder name without wildcards",
            "4: unknown field 'prunes'; did you mean 'prune'? allowed: build_output, prune",
        ],
    ),
    "triggers: every mistake": (
        "triggers.yaml",
        TRIGGERS,
        {
            "base64:": "base65:",
            "[mnopqr]": "mnopqr",
            "  examples: [{text: a}]\n": "",
            "text: abcdef": "text: [abcdef]",
            "is odd": "is 名",
            "silent: [a]": "silent: []",
            "[{text: a, reads: b}]": "[{text: a, read: b}]",
        },
        [
            "4: hex.examples.text must be a string without characters beyond U+00FF",
            "6: hex.examples.reports must be a string without characters beyond U+00FF",
            "7: hex.silent must be a non-empty list of strings",
            f"8: unknown decoder 'base65'; did you mean 'base64'? allowed: {', '.join(known_names().decoders)}",
            "10: unknown field 'base65.examples.read'; did you mean 'reads'? allowed: text, reads, reports",
            "12: field 'code.examples' is missing",
            "13: code.triggers must be a non-empty list of expressions",
        ],
    ),
    "macros: every mistake": (
        "macros.yaml",
        "own: x\nOther: y\nthird: [z]\n",
        {},
        ["2: Other must be named in lower case with hyphens", "3: third must be a string"],
    ),
    "several documents": (
        "walk.yaml",
        WALK + "---\n" + WALK,
        {},
        ["6: not valid YAML: expected a single document"],
    ),
    "nothing": ("walk.yaml", "# nothing\n", {}, ["1: the file is empty"]),
    "a text": ("walk.yaml", "nothing\n", {}, ["1: expected a mapping of field: value"]),
}


@pytest.mark.parametrize(("path", "text", "changes", "expected"), TABLE.values(), ids=TABLE)
def test_a_mistake_has_its_line_and_says_what_is_allowed(
    path: str, text: str, changes: Mapping[str, str], expected: list[str]
) -> None:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    assert mistakes(path, text) == expected


def test_bytes_that_are_no_utf_8_have_their_line() -> None:
    kind = data_file_kind("walk.yaml")
    assert kind is not None
    assert read_data(Path("own.yaml"), b"a: 1\nb: \xff\n", kind)[1] == ["own.yaml:2: not UTF-8"]


def test_an_expression_of_a_trigger_that_is_wrong_has_its_line() -> None:
    kind = data_file_kind("triggers.yaml")
    assert kind is not None
    rest = "\n  examples: [{text: a}]\n  silent: [b]\n"
    text = "hex:\n  triggers:\n  - abcdef\n  - '[abc'" + rest
    text += "base64:\n  triggers:\n  - '{{nowhere}} abc'\n  - x" + rest
    document, _ = read_data(Path("own.yaml"), text.encode(), kind)
    triggers, found = build_triggers(document, shipped_sources())
    assert [trigger.name for trigger in triggers] == ["hex"]
    assert [mistake.partition(" at position")[0].partition(":  ")[0] for mistake in found[:2]] == [
        "own.yaml:4: hex: not a valid regular expression: unterminated character set",
        "own.yaml:9: base64: there is no macro {{nowhere}}",
    ]
    assert found[2].startswith("own.yaml:10: base64: no distinctive beginning")


def test_a_macro_may_use_shipped_ones_and_may_not_replace_them() -> None:
    text = "own: '{{edge}} x'\nedge: y\nlate: '{{later}}'\nlater: z\nlast: '{{late}}'\n"
    macros, broken, found = read_macros(text, "own.yaml", {"edge": "e"})
    assert macros == {"own": "(?:e\n) x", "later": "z"}
    assert broken == {"late", "last"}
    assert found == [
        "own.yaml:2: the macro 'edge' is defined already",
        "own.yaml:3: there is no macro {{later}} before this one",
    ]
