"""Fuzz targets of files: archives, source maps, rules and configuration, package.json and tsconfig.json, source code."""

import json
import re
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from frontleak.cli.config import read_config
from frontleak.cli.config_options import OPTIONS
from frontleak.core.blob import Blob
from frontleak.core.errors import ConfigError
from frontleak.core.origins import FileOrigin
from frontleak.core.run_budget import RunBudget
from frontleak.decode.maps.parse import SourceMapError
from frontleak.files.archives.expand import UnpackLimits, expand
from frontleak.files.env_file import public_part
from frontleak.files.git.index_file import IndexFileError, entries_of
from frontleak.files.ignore import compile_patterns, is_ignored
from frontleak.files.recordings.warc import warc_of_bytes
from frontleak.js.embedded_scripts import embedded_scripts
from frontleak.js.erasure.erase import erased
from frontleak.js.erasure.language import Language
from frontleak.js.repair import best_tree
from frontleak.modulegraph.import_scan import import_sites, script_sources
from frontleak.resolve.packages import PackageJsons
from frontleak.resolve.projects import find_projects
from frontleak.resolve.resolver import ImportResolver
from frontleak.rules.compile import build_all
from frontleak.rules.paths import rule_files
from frontleak.rules.plain_yaml import read_plain_yaml
from frontleak.rules.read import read_all
from frontleak.scanning.rules import known_names
from frontleak.sourcemaps.lookup import SourceMap
from tests.fuzz.target import Bytes, Target, expect
from tests.support.constructs import CONSTRUCTS
from tests.support.maps import INLINE, MAP, made
from tests.support.tree import DictFiles
from tests.support.views import decode
from tests.support.warc import PACKINGS

_ENDINGS: Final = ("zip", "gz", "br", "zst", "tar", "tgz", "asar", "hbc", "warc")
_MEGABYTE: Final = 1 << 20
_LIMITS: Final = UnpackLimits(members=500, member_bytes=_MEGABYTE, total_bytes=4 * _MEGABYTE, ratio_free=2 * _MEGABYTE)
_CHUNK: Final = 2 * _MEGABYTE
"""Bytes by which the sum of all members may exceed its cap: the chunk that reached it."""


def run_archives(data: bytes) -> None:
    """Unpacking ends within its caps, whatever the file claims to be."""
    choices = Bytes(data)
    name = f"a.{_ENDINGS[choices.number(len(_ENDINGS))]}"
    if name.endswith(".warc"):
        run_web_archive(choices.rest)
        return
    blobs = size = 0
    for found in expand(Blob(origin=FileOrigin(path=name), data=choices.rest), _LIMITS):
        if isinstance(found, Blob):
            blobs, size = blobs + 1, size + len(found.data)
            expect(len(found.data) <= 2 * _LIMITS.member_bytes, "a member is larger than its cap")  # UTF-16 grows
            expect(found.origin.path.startswith(name), "a member lost its container")
        else:
            expect(bool(found.message), "a problem without a reason")
    expect(blobs <= _LIMITS.members + 1, "more members than the cap")
    expect(size <= 2 * (_LIMITS.total_bytes + _CHUNK), "more bytes than the cap")


def run_web_archive(data: bytes) -> None:
    """Reading a WARC ends; no body is over its cap, and no problem without a reason."""
    for found in warc_of_bytes(data, "a.warc", _MEGABYTE, RunBudget()).all_parts():
        if isinstance(found, Blob):
            expect(len(found.data) <= 2 * _MEGABYTE, "a body is larger than its cap")  # UTF-16 grows
        else:
            expect(bool(found.message), "a problem without a reason")


def _archive_seeds() -> Iterator[bytes]:
    from tests.files.recordings.test_warc import RECORDS

    for _, pack in PACKINGS.values():
        yield bytes((_ENDINGS.index("warc"),)) + pack(RECORDS)
    from tests.files.archives.test_expand import VALID

    for name, data in VALID:
        ending = name.rpartition(".")[2]
        yield bytes((_ENDINGS.index(ending) if ending in _ENDINGS else 0,)) + data


def run_maps(data: bytes) -> None:
    """A source map is read or refused; every position that it gives is one."""
    choices = Bytes(data)
    places = [(1 + choices.number(4), 1 + choices.number(256)) for _ in range(3)]
    inline, text = choices.number(2) == 1, choices.rest
    if inline:
        for found in islice(decode("source-map", text, [max(text.find(b"sourceMappingURL"), 0)]), 20):
            text = getattr(found, "text", b"")
    try:
        read = SourceMap(text)
        positions = [*read.at_many(places), read.held(len(text) // 2), *islice(read.occurrences(b"sk"), 50)]
    except SourceMapError as error:
        expect(bool(str(error)), "a problem without a reason")
        return
    for position in positions:
        expect(position is None or min(position.line, position.column) >= 1, "a position before the first")


def _map_seeds() -> Iterator[bytes]:
    yield b"\0\0\0\0" + MAP
    yield b"\0\5\1\0" + made(sections=[{"offset": {"line": 0, "column": 3}, "map": json.loads(MAP)}])
    yield b"\0\0\0\0" + made(
        mappings="AAAA,IAAM,CAAC;AACA;;KAEC", sources=["a.ts", "b.ts"], sourcesContent=["sk", None]
    )
    yield from (b"\0\0\0\1" + script for script in INLINE.values())


def run_yaml(data: bytes) -> None:
    """A rule file is read or every mistake in it has its place; valid rules compile, or say why not."""
    sources = read_all({Path("rules/own.yaml"): data}, known_names())
    built = build_all(sources)
    expect(all(mistake.startswith("rules/own.yaml:") for mistake in sources.mistakes), "a mistake without a place")
    expect(all(":" in mistake for mistake in built.mistakes), "a mistake without a place")
    read_plain_yaml(data)


def _yaml_seeds() -> Iterator[bytes]:
    yield from (file.read_bytes()[:4000] for file in rule_files()[::4])
    yield b"&a [*a]"
    yield b"a: &x [1, 2]\nb: [*x, *x]\n<<: *x\n"
    yield b"packages:\n  - 'apps/*'\n  - !!python/object:os.system x\n"


def run_config(data: bytes) -> None:
    """A configuration is read or every mistake has its line; it sets known options to valid values only."""
    choices = Bytes(data)
    name = ("pyproject.toml", ".frontleak.yaml")[choices.number(2)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(choices.rest)
        try:
            found = read_config(file)
        except ConfigError as error:
            expect(all(str(file) in problem for problem in error.problems), "a mistake without its file")
        else:
            expect(set(found.defaults) <= {option.parameter for option in OPTIONS.values()}, "an unknown option")
    patterns = choices.rest.decode("utf-8", "replace").splitlines()[:100]
    ignored = compile_patterns(patterns, "/r")
    is_ignored([ignored], "/r/some/folder/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.js", is_folder=False)
    public = public_part(choices.rest, lambda name: name.startswith("P"))
    expect(public is None or len(public) == len(choices.rest), "the public part moved")
    try:
        entries = entries_of(b"DIRC\0\0\0" + choices.rest, "/nowhere")
    except IndexFileError as error:
        expect(bool(str(error)), "a problem without a reason")
    else:
        expect(len(entries) <= len(choices.rest), "more files than the index has bytes")


def _config_seeds() -> Iterator[bytes]:
    yield b"\1fail-on: high\nexclude: ['*.map', '!a', '**/b/**', '[a-z]?']\njobs: 4\nstrict: true\n"
    yield b"\1select: [sanity-*]\nmax-file-size: 1000\nrules: [own]\nplugins: [detect-secrets]\n"
    yield b'\0[tool.frontleak]\nfail-on = "low"\nexclude = ["a/**"]\njobs = 0\n\n[tool.other]\na = 1\n'
    yield b"\1verify: true\nunknown: 1\n"
    yield b'\1A=\'1\nP=2\'\nexport PUBLIC="a\\"\n" # b\nP: `\nA=`\n'
    entry = bytes(24) + b"\0\0\x81\xa4" + bytes(12) + b"i" * 20
    yield b"\1\x02\0\0\0\1" + entry + b"\0\5.env1\0\0\0\0\0" + b"h" * 20
    yield b"\1\x04\0\0\0\2" + entry + b"\0\3a/b\0" + entry + b"\0\3\1c\0" + b"link\0\0\0\x14" + b"s" * 20 + b"h" * 20
    yield b"\1*.js\n!b\n/a/**/b\n**\n*a*a*a*a*b\n[!a-c]\\ x\n\\#a\n"


def run_json(data: bytes) -> None:
    """package.json, tsconfig.json and pnpm-workspace.yaml are read or a problem names the line; imports resolve."""
    first, _, second = data.partition(b"\n---\n")
    files = DictFiles(
        {
            "package.json": first,
            "tsconfig.json": second or first,
            "pnpm-workspace.yaml": second,
            "src/a.ts": "",
            "src/lib/b.ts": "",
            "packages/c/package.json": '{"name": "c", "exports": {".": "./index.ts"}}',
            "packages/c/index.ts": "",
        }
    )
    files_read = {"package.json", "tsconfig.json", "packages/c/package.json"}
    packages = PackageJsons(files)
    resolver = ImportResolver(files, packages)
    for specifier in ("./lib/b", "@/lib/b", "#b", "c", "c/x", "~/a", "lib/b", "next"):
        resolver.resolve(specifier, "src/a.ts")
    find_projects(files, ["src/a.ts", "packages/c/index.ts"], packages)
    for problem in (*packages.diagnostics, *resolver.diagnostics):
        expect(re.match(r"line [1-9]\d*: .", problem.message) is not None, "a problem without a place")
        expect(problem.origin.path in files_read, "a problem of a file that is not there")


def _json_seeds() -> Iterator[bytes]:
    package = {
        "name": "shop",
        "workspaces": ["packages/*"],
        "dependencies": {"next": "15", "c": "workspace:*", "d": "file:packages/c"},
        "imports": {"#b": {"browser": "./src/lib/b.ts", "default": None}},
        "exports": {".": ["./src/a.ts"], "./*": "./src/lib/*.ts"},
    }
    tsconfig = """{
      // comment
      "extends": "./tsconfig.json", "references": [{"path": "packages/c"}],
      "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*",], "c": ["packages/c"]}}, /* x */
    }"""
    yield json.dumps(package).encode() + b"\n---\n" + tsconfig.encode()
    yield b'{"workspaces": {"packages": ["{packages,apps}/**", "!x"]}}\n---\npackages: ["packages/*"]\n'
    yield b'\xef\xbb\xbf{"name": 1, "exports": [null, {"a": ["./b"]}]}'


def run_source(data: bytes) -> None:
    """Source files of every kind: imports lie inside the text, script sections keep its length, trees are made."""
    choices = Bytes(data)
    name = ("a.ts", "a.tsx", "a.js", "a.vue", "a.svelte", "a.astro", "a.html")[choices.number(7)]
    text = choices.rest
    for site in (*import_sites(text), *script_sources(text)):
        expect(0 <= site.offset <= len(text), "an import outside of the text")
    for part in embedded_scripts(name, text):
        expect(len(part.text) == len(text), "a section of another length")
        tree = best_tree(part.text, part.grammar)
        expect(tree is None or 0 <= (tree.error or 0) <= len(text), "a syntax error outside of the text")
        for language in Language:
            expect(len(erased(part.text, language) or text) == len(text), "an erased text of another length")


def _source_seeds() -> Iterator[bytes]:
    yield b'\0import a, {type B} from "./a"; export * from "b"; const c = require("c"); new Worker(new URL("./w.js", import.meta.url))'
    yield b"\3<template><a/></template><script setup lang='ts'>import x from './x'</script><style>b{}</style>"
    yield b"\4<script context='module'>export const a = 1</script><script>import b from './b'</script>{#if a}{/if}"
    yield b"\5---\nimport A from './A'\n---\n<A client:load /><script>import './b'</script>"
    yield b"\6<html><script type=module src=main.js></script><script>import('./x')</script>"
    yield b"\1'use client'; export const a = <T,>(x: T) => <div>{`${x}`}</div> /* c */ // d"
    yield from (
        bytes((("ts", "tsx", "js").index(kind),)) + code.encode()
        for _, kind, code in CONSTRUCTS
        if kind in {"ts", "tsx", "js"}
    )


FILE_TARGETS: Final = (
    Target(
        name="archives",
        reads="gzip, Brotli, zstd, zip, tar, asar, Hermes, WARC and what is nested in them",
        holds="no exception; members and bytes stay under the caps; each problem has a reason",
        run=run_archives,
        seeds=_archive_seeds,
    ),
    Target(
        name="maps",
        reads="source maps, plain and inline, and look-ups in them",
        holds="read, or refused with a reason; positions begin at line 1, column 1",
        run=run_maps,
        seeds=_map_seeds,
    ),
    Target(
        name="rules",
        reads="rule files (YAML) through the schema and the compiler, and pnpm's YAML",
        holds="read, or every mistake has file and line",
        run=run_yaml,
        seeds=_yaml_seeds,
    ),
    Target(
        name="config",
        reads="`.frontleak.yaml`, `pyproject.toml`, `.gitignore` patterns, `.env` files, git's index",
        holds="read, or every mistake names its file; known options only",
        run=run_config,
        seeds=_config_seeds,
    ),
    Target(
        name="settings",
        reads="`package.json`, `tsconfig.json`, `pnpm-workspace.yaml`, and imports resolved through them",
        holds="read, or a problem with file and line",
        run=run_json,
        seeds=_json_seeds,
    ),
    Target(
        name="source",
        reads="imports, script sections and syntax trees of source files",
        holds="offsets inside the text; sections as long as the file",
        run=run_source,
        seeds=_source_seeds,
    ),
)
