"""Imports resolve into the tree, to a package or to an unknown target, never out of the tree."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontleak.core.secret import printable
from frontleak.resolve.file_tree import DiskFileTree, joined
from frontleak.resolve.resolver import (
    ExternalPackage,
    ImportResolver,
    Resolution,
    ResolvedFile,
    Unresolved,
    package_name,
)
from frontleak.rules.frameworks import load_frameworks
from tests.acceptance.support import write
from tests.support.growth import assert_linear
from tests.support.tree import DictFiles

Tree = Mapping[str, Any]
"""Path -> text, or the value of a JSON file."""


def files(tree: Tree) -> DictFiles:
    """Return a tree in memory."""
    return DictFiles({path: text if isinstance(text, str) else json.dumps(text) for path, text in tree.items()})


def shown(resolution: Resolution) -> str:
    """Return a path, `package | subpath`, or `? reason`."""
    match resolution:
        case ResolvedFile():
            return resolution.path
        case ExternalPackage():
            return f"{resolution.package} | {resolution.subpath}"
        case Unresolved():
            return f"? {resolution.reason}"


def resolve(tree: Tree, specifier: str, importer: str = "src/a.ts") -> str:
    """Resolve a specifier."""
    return shown(ImportResolver(files(tree)).resolve(specifier, importer))


NOWHERE: Final[Mapping[str, tuple[Tree, str, str]]] = {
    "nothing": ({}, "", "neither a path nor a package"),
    "a query alone": ({}, "?raw", "neither a path nor a package"),
    "a null byte": ({"src/b.ts": ""}, "./b\0.ts", "neither a path nor a package"),
    "a very long name": ({}, "a" * 5_000, "neither a path nor a package"),
    "a file that is not there": ({}, "./b", "no such file: src/b"),
    "a control character in a path": ({}, "./\x1b[1m", "no such file: src/\\x1b[1m"),
    "above the root": ({}, "../../b", "outside the scanned folder"),
    "far above the root": ({}, "../" * 500 + "etc/passwd", "outside the scanned folder"),
    "a folder without an index": ({"src/b/c.ts": ""}, "./b", "no such file: src/b"),
    "a folder where a file is meant": ({"src/b.ts": ""}, "./b/", "no such file: src/b"),
    "another case": ({"src/B.ts": ""}, "./b", "no such file: src/b"),
    "from the top": ({}, "/src/b.ts", "no such file: /src/b.ts"),
    "an alias nobody knows": ({}, "§/b", "unknown alias"),
    "a private name without imports": ({"package.json": {"name": "a"}}, "#b", "unknown alias"),
    "an alias of another framework": ({"package.json": {"name": "a"}}, "$lib/b", "unknown alias"),
    "a path of Windows": ({}, "C:\\b", "unknown alias"),
    "paths that lead nowhere": (
        {"tsconfig.json": {"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}},
        "@/b",
        "no such file at the path set in tsconfig.json",
    ),
    "paths that lead out of the root": (
        {"tsconfig.json": {"compilerOptions": {"paths": {"@/*": ["../../*", "/etc/*"]}}}},
        "@/passwd",
        "no such file at the path set in tsconfig.json",
    ),
    "a base that leads out of the root": (
        {"tsconfig.json": {"compilerOptions": {"baseUrl": "../..", "paths": {"@/*": ["*"]}}}},
        "@/b",
        "no such file at the path set in tsconfig.json",
    ),
    "imports that lead out of the root": (
        {"package.json": {"name": "a", "imports": {"#b": "./../b.js"}}, "b.js": ""},
        "#b",
        "unknown alias",
    ),
    "a broken tsconfig.json": (
        {"tsconfig.json": '{\n  "compilerOptions": {\n    "paths": {,}\n', "package.json": {"name": "a"}},
        "components/b",
        "tsconfig.json line 3: not valid JSON: Expecting property name enclosed in double quotes",
    ),
    "a broken package.json": (
        {"package.json": '{"imports":\n'},
        "#b",
        "package.json line 2: not valid JSON: Expecting value",
    ),
    "a package that is not installed": (
        {"tsconfig.json": {"extends": "@tsconfig/strict"}},
        "@/b",
        "tsconfig.json extends @tsconfig/strict, which is missing",
    ),
    "a member of the workspace without sources": (
        {"package.json": {"workspaces": ["p/*"]}, "p/b/package.json": {"name": "b", "main": "dist/b.js"}},
        "b",
        "p/b has no file for b",
    ),
}


@pytest.mark.parametrize(("tree", "specifier", "reason"), NOWHERE.values(), ids=NOWHERE)
def test_what_leads_nowhere_says_why(tree: Tree, specifier: str, reason: str) -> None:
    assert resolve(tree, specifier) == f"? {reason}"


EXTERNAL: Final[Mapping[str, tuple[str, str]]] = {
    "a package": ("react", "react | "),
    "a part of a package": ("react-dom/client", "react-dom | client"),
    "a package in a scope": ("@sanity/client", "@sanity/client | "),
    "a part of a package in a scope": ("@sanity/client/csm/x", "@sanity/client | csm/x"),
    "a module of Node": ("node:fs/promises", "node:fs | promises"),
    "a module of Node without its scheme": ("fs/promises", "fs | promises"),
    "a module a plugin makes": ("virtual:pwa-register/react", "virtual:pwa-register | react"),
    "Sanity's client in Astro": ("sanity:client", "sanity:client | "),
    "a module of Astro": ("astro:env/server", "astro:env | server"),
    "variables of SvelteKit": ("$env/static/private", "$env | static/private"),
    "a module of SvelteKit": ("$app/environment", "$app | environment"),
    "types that SvelteKit makes": ("./$types", "./$types | "),
    "types that React Router makes": ("./+types/route", "./+types/route | "),
    "an address": ("https://esm.sh/react@19", "https://esm.sh/react@19 | "),
    "an address without a scheme": ("//cdn.example.com/a.js", "//cdn.example.com/a.js | "),
    "a package of Deno": ("npm:react", "npm:react | "),
    "data": ("data:text/javascript,1", "data:text | javascript,1"),
    "a path into an installed package": ("../node_modules/@a/b/c.js", "@a/b | c.js"),
    "a package with a query": ("pkg/style.css?inline", "pkg | style.css"),
    "a file of a package through loaders": ("!!raw-loader!pkg/a.txt", "pkg | a.txt"),
}


@pytest.mark.parametrize(("specifier", "expected"), EXTERNAL.values(), ids=EXTERNAL)
def test_what_is_not_in_the_tree(specifier: str, expected: str) -> None:
    assert resolve({"src/a.ts": ""}, specifier) == expected


def test_installed_packages_are_not_followed() -> None:
    tree = {"node_modules/b/index.js": "", "tsconfig.json": {"compilerOptions": {"paths": {"b": ["./node_modules/b"]}}}}
    assert resolve(tree, "b") == "b | "


PATHS: Final[Mapping[str, tuple[Tree, str, str]]] = {
    "the file itself": ({"src/b.css": ""}, "./b.css", "src/b.css"),
    "an ending": ({"src/b.ts": ""}, "./b", "src/b.ts"),
    "TypeScript before JavaScript": ({"src/b.js": "", "src/b.tsx": ""}, "./b", "src/b.tsx"),
    "a component of Vue": ({"src/b.vue": ""}, "./b", "src/b.vue"),
    "an ending after a dot": ({"src/b.server.ts": ""}, "./b.server", "src/b.server.ts"),
    "runes of Svelte": ({"src/b.svelte.ts": ""}, "./b.svelte", "src/b.svelte.ts"),
    "js for ts": ({"src/b.ts": ""}, "./b.js", "src/b.ts"),
    "js for tsx": ({"src/b.tsx": ""}, "./b.js", "src/b.tsx"),
    "jsx for tsx": ({"src/b.tsx": ""}, "./b.jsx", "src/b.tsx"),
    "mjs for mts": ({"src/b.mts": ""}, "./b.mjs", "src/b.mts"),
    "cjs for cts": ({"src/b.cts": ""}, "./b.cjs", "src/b.cts"),
    "js itself": ({"src/b.js": "", "src/b.ts": ""}, "./b.js", "src/b.js"),
    "declarations": ({"src/b.d.ts": ""}, "./b", "src/b.d.ts"),
    "a platform of Expo": ({"src/b.ios.tsx": "", "src/b.web.tsx": ""}, "./b", "src/b.web.tsx"),
    "an index": ({"src/b/index.tsx": ""}, "./b", "src/b/index.tsx"),
    "a file before a folder": ({"src/b/index.ts": "", "src/b.ts": ""}, "./b", "src/b.ts"),
    "a folder by its slash": ({"src/b/index.ts": "", "src/b.ts": ""}, "./b/", "src/b/index.ts"),
    "the folder itself": ({"src/index.ts": ""}, ".", "src/index.ts"),
    "the folder itself with a slash": ({"src/index.ts": ""}, "./", "src/index.ts"),
    "the folder above": ({"index.ts": "", "src.ts": ""}, "..", "index.ts"),
    "the main file of a folder": (
        {"src/b/package.json": {"main": "lib.js"}, "src/b/lib.ts": "", "src/b/index.ts": ""},
        "./b",
        "src/b/lib.ts",
    ),
    "a main file that is not there": (
        {"src/b/package.json": {"main": "gone.js"}, "src/b/index.ts": ""},
        "./b",
        "src/b/index.ts",
    ),
    "a folder with a broken package.json": ({"src/b/package.json": "{", "src/b/index.ts": ""}, "./b", "src/b/index.ts"),
    "up and down": ({"lib/b.ts": ""}, "./../lib/./x/../b", "lib/b.ts"),
    "a query": ({"src/b.svg": ""}, "./b.svg?raw", "src/b.svg"),
    "a worker": ({"src/b.ts": ""}, "./b?worker&inline", "src/b.ts"),
    "loaders of webpack": ({"src/b.txt": ""}, "!!raw-loader?x!./b.txt", "src/b.txt"),
    "from the top": ({"src/b.ts": ""}, "/src/b.ts", "src/b.ts"),
    "from the top of the project": ({"app/package.json": {"name": "a"}, "app/src/b.ts": ""}, "/src/b", "app/src/b.ts"),
    "a public file": ({"public/b.js": ""}, "/b.js", "public/b.js"),
}


@pytest.mark.parametrize(("tree", "specifier", "expected"), PATHS.values(), ids=PATHS)
def test_paths(tree: Tree, specifier: str, expected: str) -> None:
    importer = "app/index.html" if "app/package.json" in tree else "src/a.ts"
    assert resolve(tree, specifier, importer) == expected


def tsconfig(**options: object) -> dict[str, object]:
    """Return a tsconfig.json with compiler options."""
    return {"compilerOptions": options}


AT_SRC: Final = tsconfig(paths={"@/*": ["./src/*"]})
CONFIGS: Final[Mapping[str, tuple[Tree, str, str]]] = {
    "paths": ({"tsconfig.json": AT_SRC, "src/b.ts": ""}, "@/b", "src/b.ts"),
    "paths of JavaScript": ({"jsconfig.json": AT_SRC, "src/b.js": ""}, "@/b", "src/b.js"),
    "comments and commas": (
        {
            "tsconfig.json": '\ufeff{ // "paths": {}\n/* } */ "compilerOptions": {"paths": {"@/*": ["./src/*",],}, },}',
            "src/b.ts": "",
        },
        "@/b",
        "src/b.ts",
    ),
    "a comment's signs in a string": (
        {"tsconfig.json": tsconfig(paths={"//*": ["./src/*"], "@/*": ["./src/**/*", "./src/*"]}), "src/b.ts": ""},
        "@/b",
        "src/b.ts",
    ),
    "the second of several": (
        {"tsconfig.json": tsconfig(paths={"@/*": ["./x/*", "./src/*"]}), "src/b.ts": ""},
        "@/b",
        "src/b.ts",
    ),
    "without a star": ({"tsconfig.json": tsconfig(paths={"~lib": ["./src/b.ts"]}), "src/b.ts": ""}, "~lib", "src/b.ts"),
    "a star in the middle": (
        {"tsconfig.json": tsconfig(paths={"x-*-y": ["./src/*.ts"]}), "src/b.ts": ""},
        "x-b-y",
        "src/b.ts",
    ),
    "the longest before the others": (
        {
            "tsconfig.json": tsconfig(paths={"*": ["./x/*"], "@/*": ["./x/*"], "@/lib/*": ["./src/*"]}),
            "x/lib/b.ts": "",
            "src/b.ts": "",
        },
        "@/lib/b",
        "src/b.ts",
    ),
    "a shorter one when the longest has nothing": (
        {"tsconfig.json": tsconfig(paths={"@/*": ["./x/*"], "@/lib/*": ["./src/*"]}), "x/lib/b.ts": ""},
        "@/lib/b",
        "x/lib/b.ts",
    ),
    "all names, and a package": ({"tsconfig.json": tsconfig(paths={"*": ["./types/*"]})}, "react", "react | "),
    "a name in a scope of ours, installed": (
        {
            "tsconfig.json": tsconfig(paths={"@a/*": ["./p/*"]}),
            "package.json": {"name": "x", "dependencies": {"@a/b": "1"}},
        },
        "@a/b",
        "@a/b | ",
    ),
    "a base": ({"tsconfig.json": tsconfig(baseUrl="src"), "src/lib/b.ts": ""}, "lib/b", "src/lib/b.ts"),
    "a base, and a package": ({"tsconfig.json": tsconfig(baseUrl="."), "src/a.ts": ""}, "react", "react | "),
    "a base, and a folder with the name of a package": (
        {
            "tsconfig.json": tsconfig(baseUrl="."),
            "package.json": {"name": "x", "dependencies": {"sanity": "4"}},
            "sanity/index.ts": "",
        },
        "sanity",
        "sanity | ",
    ),
    "a base, and a file that is not there": (
        {"tsconfig.json": tsconfig(baseUrl="src"), "src/lib/c.ts": ""},
        "lib/b",
        "? unknown alias",
    ),
    "paths below a base": (
        {"tsconfig.json": tsconfig(baseUrl="./src", paths={"@/*": ["lib/*"]}), "src/lib/b.ts": ""},
        "@/b",
        "src/lib/b.ts",
    ),
    "the nearest file": (
        {
            "tsconfig.json": AT_SRC,
            "src/tsconfig.json": tsconfig(paths={"@/*": ["./x/*"]}),
            "src/x/b.ts": "",
            "src/b.ts": "",
        },
        "@/b",
        "src/x/b.ts",
    ),
    "a file that extends another": (
        {"src/tsconfig.json": {"extends": "../base.json"}, "base.json": AT_SRC, "src/b.ts": ""},
        "@/b",
        "src/b.ts",
    ),
    "an extended file without its ending": (
        {"tsconfig.json": {"extends": "./base"}, "base.json": AT_SRC, "src/b.ts": ""},
        "@/b",
        "src/b.ts",
    ),
    "several extended files, of which the last counts": (
        {
            "tsconfig.json": {"extends": ["./one.json", "./two.json"]},
            "one.json": tsconfig(paths={"@/*": ["./x/*"]}),
            "two.json": AT_SRC,
            "x/b.ts": "",
            "src/b.ts": "",
        },
        "@/b",
        "src/b.ts",
    ),
    "paths of its own before extended ones": (
        {
            "tsconfig.json": {"extends": "./base.json", **AT_SRC},
            "base.json": tsconfig(paths={"@/*": ["./x/*"]}),
            "x/b.ts": "",
            "src/b.ts": "",
        },
        "@/b",
        "src/b.ts",
    ),
    "an extended file that is installed": (
        {
            "tsconfig.json": {"extends": "@a/config/base.json"},
            "node_modules/@a/config/base.json": tsconfig(paths={"@/*": ["${configDir}/src/*"]}),
            "src/b.ts": "",
        },
        "@/b",
        "src/b.ts",
    ),
    "an extended package that is installed": (
        {
            "tsconfig.json": {"extends": "config"},
            "node_modules/config/tsconfig.json": tsconfig(baseUrl="${configDir}/src"),
            "src/x/b.ts": "",
        },
        "x/b",
        "src/x/b.ts",
    ),
    "an extended package of the workspace": (
        {
            "package.json": {"workspaces": ["p/*"]},
            "p/config/package.json": {"name": "@repo/config"},
            "p/config/next.json": tsconfig(paths={"@/*": ["${configDir}/src/*"]}),
            "tsconfig.json": {"extends": "@repo/config/next.json"},
            "src/b.ts": "",
        },
        "@/b",
        "src/b.ts",
    ),
    "projects it refers to": (
        {
            "tsconfig.json": {"files": [], "references": [{"path": "./gone"}, {"path": "./tsconfig.app.json"}]},
            "tsconfig.app.json": AT_SRC,
            "src/b.ts": "",
        },
        "@/b",
        "src/b.ts",
    ),
    "a folder it refers to": (
        {
            "tsconfig.json": {"references": [{"path": "./src"}]},
            "src/b.ts": "",
            "src/tsconfig.json": tsconfig(paths={"@/*": ["./*"]}),
        },
        "@/b",
        "src/b.ts",
    ),
    "what is known, although a part is broken": (
        {"tsconfig.json": {"extends": "./base.json", **AT_SRC}, "base.json": "{", "src/b.ts": ""},
        "@/b",
        "src/b.ts",
    ),
    "odd types": (
        {"tsconfig.json": tsconfig(paths={"@/*": ["./src/*", 1, None, {}], "x": "y", "z": None}), "src/b.ts": ""},
        "@/b",
        "src/b.ts",
    ),
    "a pattern with two stars": (
        {"tsconfig.json": tsconfig(paths={"@/*/*": ["./x/*"], "@/*": ["./src/*"]}), "src/b.ts": ""},
        "@/b",
        "src/b.ts",
    ),
}


@pytest.mark.parametrize(("tree", "specifier", "expected"), CONFIGS.values(), ids=CONFIGS)
def test_settings_of_typescript(tree: Tree, specifier: str, expected: str) -> None:
    assert resolve(tree, specifier) == expected


GAPS: Final[Mapping[str, tuple[Tree, str]]] = {
    "a comma too many": (
        {"tsconfig.json": '{\n"a": 1,,\n}'},
        "tsconfig.json line 2: not valid JSON: Expecting property name enclosed in double quotes",
    ),
    "no object": ({"tsconfig.json": []}, "tsconfig.json line 1: not a JSON object"),
    "nothing at all": ({"tsconfig.json": ""}, "tsconfig.json line 1: not valid JSON: Expecting value"),
    "paths that are a list": (
        {"tsconfig.json": '{"compilerOptions": {\n"paths": []}}'},
        "tsconfig.json line 2: paths has the wrong type",
    ),
    "a base that is a number": (
        {"tsconfig.json": '{"compilerOptions": {\n\n"baseUrl": 1}}'},
        "tsconfig.json line 3: baseUrl has the wrong type",
    ),
    "options that are a text": (
        {"tsconfig.json": {"compilerOptions": "x"}},
        "tsconfig.json line 1: compilerOptions has the wrong type",
    ),
    "references that are a text": (
        {"tsconfig.json": {"references": "x"}},
        "tsconfig.json line 1: references has the wrong type",
    ),
    "an extended file that is not there": (
        {"tsconfig.json": '{\n"extends": "./x.json"}'},
        "tsconfig.json line 2: extends a missing file",
    ),
    "an extended file out of the root": (
        {"tsconfig.json": {"extends": "../x.json"}},
        "tsconfig.json line 1: extends a missing file",
    ),
    "an extended number": ({"tsconfig.json": {"extends": 1}}, "tsconfig.json line 1: extends a missing file"),
    "a circle": (
        {"tsconfig.json": {"extends": "./b.json"}, "b.json": {"extends": "./tsconfig.json"}},
        "b.json line 1: extends is circular or more than 20 levels deep",
    ),
    "a file that extends itself": (
        {"tsconfig.json": {"extends": "./tsconfig"}},
        "tsconfig.json line 1: extends is circular or more than 20 levels deep",
    ),
    "a broken extended file": (
        {"tsconfig.json": {"extends": "./b.json"}, "b.json": "{"},
        "b.json line 1: not valid JSON: Expecting property name enclosed in double quotes",
    ),
    "brackets in brackets": ({"tsconfig.json": "[" * 100_000}, "tsconfig.json line 1: not read: nested too deeply"),
    "a long number": (
        {"tsconfig.json": '{"a": ' + "1" * 10_000 + "}"},
        "tsconfig.json line 1: not valid JSON: a number with too many digits",
    ),
    "a control character in a name": (
        {"tsconfig.json": {"extends": "./\x1b/x.json"}, "\x1b/x.json": "{"},
        "\\x1b/x.json line 1: not valid JSON: Expecting property name enclosed in double quotes",
    ),
    "a broken package.json": (
        {"package.json": '{\n"a"'},
        "package.json line 2: not valid JSON: Expecting ':' delimiter",
    ),
}


@pytest.mark.parametrize(("tree", "expected"), GAPS.values(), ids=GAPS)
def test_what_is_not_understood_is_told_with_its_line(tree: Tree, expected: str) -> None:
    resolver = ImportResolver(files(tree))
    resolver.resolve("@/b", "src/a.ts")
    assert [printable(f"{each.origin.path} {each.message}") for each in resolver.diagnostics] == [expected]


SILENT_GAPS: Final[Mapping[str, Tree]] = {
    "no settings": {},
    "what Nuxt writes": {"tsconfig.json": {"extends": "./.nuxt/tsconfig.json"}},
    "what Nuxt writes, referred to": {"tsconfig.json": {"references": [{"path": "./.nuxt/tsconfig.app.json"}]}},
    "what SvelteKit writes": {"tsconfig.json": {"extends": "./.svelte-kit/tsconfig.json"}},
    "a package that is not installed": {"tsconfig.json": {"extends": "astro/tsconfigs/strict"}},
    "a file extended twice": {
        "tsconfig.json": {"extends": ["./b.json", "./c.json"]},
        "b.json": {"extends": "./c"},
        "c.json": {},
    },
}


@pytest.mark.parametrize("tree", SILENT_GAPS.values(), ids=SILENT_GAPS)
def test_what_is_usual_is_no_gap(tree: Tree) -> None:
    resolver = ImportResolver(files(tree))
    resolver.resolve("@/b", "src/a.ts")
    assert resolver.diagnostics == ()


def imports(**table: object) -> dict[str, object]:
    """Return a package.json with `imports`."""
    return {"name": "x", "imports": {name.replace("_", "#"): target for name, target in table.items()}}


PACKAGES: Final[Mapping[str, tuple[Tree, str, str]]] = {
    "an import of its own": ({"package.json": imports(_b="./src/b.ts"), "src/b.ts": ""}, "#b", "src/b.ts"),
    "an import of its own with conditions": (
        {
            "package.json": imports(
                _b={
                    "node": "./src/n.ts",
                    "browser": {"types": "./b.d.ts", "default": "./src/b.ts"},
                    "default": "./src/c.ts",
                }
            ),
            "src/n.ts": "",
            "src/b.ts": "",
            "src/c.ts": "",
            "b.d.ts": "",
        },
        "#b",
        "src/b.ts",
    ),
    "an import of its own for servers alone": (
        {"package.json": imports(_b={"node": "./src/n.ts"}), "src/n.ts": ""},
        "#b",
        "src/n.ts",
    ),
    "an import of its own with choices": (
        {"package.json": imports(_b=["./gone.ts", {"default": "./src/b.ts"}]), "src/b.ts": ""},
        "#b",
        "src/b.ts",
    ),
    "an import of its own with a star": (
        {"package.json": {"imports": {"#lib/*": "./src/*.ts", "#lib/x/*": "./y/*"}}, "src/b.ts": ""},
        "#lib/b",
        "src/b.ts",
    ),
    "an import of its own that is built": (
        {"package.json": {"imports": {"#*": "./dist/*.js"}}, "src/b.ts": "", "dist/b.js": ""},
        "#b",
        "src/b.ts",
    ),
    "an import of its own from a package": (
        {"package.json": imports(_b={"node": "undici/x", "default": None})},
        "#b",
        "undici | x",
    ),
    "itself by name": (
        {"package.json": {"name": "me", "exports": {"./b": "./src/b.ts"}}, "src/b.ts": ""},
        "me/b",
        "src/b.ts",
    ),
    "itself by name without exports": (
        {"package.json": {"name": "sanity", "dependencies": {"sanity": "4"}}, "index.ts": ""},
        "sanity",
        "sanity | ",
    ),
    "a package linked by a path": (
        {
            "package.json": {"dependencies": {"b": "file:lib/b"}, "name": "x"},
            "lib/b/package.json": {"name": "b"},
            "lib/b/index.ts": "",
        },
        "b",
        "lib/b/index.ts",
    ),
    "a package linked out of the root": (
        {"package.json": {"dependencies": {"b": "link:../b"}, "name": "x"}},
        "b",
        "b | ",
    ),
}


@pytest.mark.parametrize(("tree", "specifier", "expected"), PACKAGES.values(), ids=PACKAGES)
def test_names_of_the_package(tree: Tree, specifier: str, expected: str) -> None:
    assert resolve(tree, specifier) == expected


def workspace(package: Mapping[str, object], *sources: str, **root: object) -> Tree:
    """Return a monorepo with an app and a package @a/ui."""
    return {
        "package.json": {"workspaces": ["packages/*", "apps/*"], **root},
        "apps/web/package.json": {"name": "web", "dependencies": {"@a/ui": "workspace:*"}},
        "packages/ui/package.json": {"name": "@a/ui", **package},
        **{f"packages/ui/{source}": "" for source in sources},
    }


MEMBERS: Final[Mapping[str, tuple[Tree, str, str]]] = {
    "exports that are a path": (workspace({"exports": "./src/main.ts"}, "src/main.ts"), "@a/ui", "src/main.ts"),
    "exports with conditions": (
        workspace({"exports": {".": {"types": "./a.d.ts", "import": "./x.ts"}}}, "x.ts", "a.d.ts"),
        "@a/ui",
        "x.ts",
    ),
    "exports without a dot": (workspace({"exports": {"import": "./x.ts"}}, "x.ts"), "@a/ui", "x.ts"),
    "a part": (
        workspace({"exports": {"./button": "./src/button.tsx"}}, "src/button.tsx"),
        "@a/ui/button",
        "src/button.tsx",
    ),
    "parts by a star": (
        workspace({"exports": {"./*": "./src/*.tsx"}}, "src/in/button.tsx"),
        "@a/ui/in/button",
        "src/in/button.tsx",
    ),
    "parts by a folder": (workspace({"exports": {"./lib/": "./src/"}}, "src/b.ts"), "@a/ui/lib/b.ts", "src/b.ts"),
    "a source before what is built": (
        workspace({"exports": "./dist/index.js"}, "dist/index.js", "src/index.ts"),
        "@a/ui",
        "src/index.ts",
    ),
    "a source of one of several builds": (
        workspace({"module": "dist/esm/ui.mjs"}, "dist/esm/ui.mjs", "src/ui.ts"),
        "@a/ui",
        "src/ui.ts",
    ),
    "what is built when there is no source": (
        workspace({"main": "dist/index.js"}, "dist/index.js"),
        "@a/ui",
        "dist/index.js",
    ),
    "the source it names": (workspace({"main": "dist/a.js", "source": "code/a.ts"}, "code/a.ts"), "@a/ui", "code/a.ts"),
    "main": (workspace({"main": "main.js"}, "main.js"), "@a/ui", "main.js"),
    "types alone": (workspace({"types": "types.d.ts"}, "types.d.ts"), "@a/ui", "types.d.ts"),
    "nothing said": (workspace({}, "src/index.ts"), "@a/ui", "src/index.ts"),
    "nothing said, and an index": (workspace({}, "index.ts"), "@a/ui", "index.ts"),
    "exports of what is not built": (
        workspace({"exports": {".": "./out/x.js", "./b": "./out/b.js"}}, "src/index.ts", "src/b/index.ts"),
        "@a/ui/b",
        "src/b/index.ts",
    ),
    "a part that is not exported": (workspace({"exports": {".": "./x.ts"}}, "src/b.ts"), "@a/ui/b", "src/b.ts"),
    "a part without exports": (workspace({}, "lib/b.ts"), "@a/ui/lib/b", "lib/b.ts"),
    "odd exports": (
        workspace({"exports": {".": [None, 1, {"a": []}, "x"], "./b": {}}, "main": 1}, "src/index.ts"),
        "@a/ui",
        "src/index.ts",
    ),
}


@pytest.mark.parametrize(("tree", "specifier", "expected"), MEMBERS.values(), ids=MEMBERS)
def test_members_of_the_workspace(tree: Tree, specifier: str, expected: str) -> None:
    assert resolve(tree, specifier, "apps/web/src/a.ts") == f"packages/ui/{expected}"


WORKSPACES: Final[Mapping[str, tuple[str, Any]]] = {
    "npm": ("package.json", {"workspaces": ["packages/*"]}),
    "yarn": ("package.json", {"workspaces": {"packages": ["packages/**"]}}),
    "a folder by name": ("package.json", {"workspaces": ["./packages/ui/"]}),
    "a choice": ("package.json", {"workspaces": ["{apps,packages}/u?"]}),
    "pnpm": (
        "pnpm-workspace.yaml",
        "catalog:\n  a: 1\npackages:\n  # ours\n\n  - 'apps/*'\n  - packages/*  # all\n\nonly: [a]\n",
    ),
    "pnpm without indentation": ("pnpm-workspace.yaml", 'packages:\r\n- "packages/*"\r\n'),
    "pnpm on one line": ("pnpm-workspace.yaml", "packages: ['apps/*', \"packages/*\"]"),
}


@pytest.mark.parametrize(("name", "content"), WORKSPACES.values(), ids=WORKSPACES)
def test_ways_to_name_the_members(name: str, content: Any) -> None:
    tree = {"packages/ui/package.json": {"name": "ui"}, "packages/ui/index.ts": "", name: content}
    assert resolve(tree, "ui", "apps/web/a.ts") == "packages/ui/index.ts"


NO_MEMBERS: Final[Mapping[str, tuple[str, Any]]] = {
    "no workspace": ("package.json", {}),
    "other folders": ("package.json", {"workspaces": ["apps/*"]}),
    "left out": ("package.json", {"workspaces": ["packages/*", "!packages/ui"]}),
    "left out by a star": ("package.json", {"workspaces": ["packages/*", "!**/ui"]}),
    "out of the root": ("package.json", {"workspaces": ["../*", "/packages/../../*"]}),
    "odd types": ("package.json", {"workspaces": [1, None, {}, "", "!", "["]}),
    "a text": ("package.json", {"workspaces": "packages/*"}),
    "pnpm with other lists": ("pnpm-workspace.yaml", "packagesX:\n  - packages/*\nx:\n  packages:\n    - packages/*\n"),
    "pnpm with nothing": ("pnpm-workspace.yaml", "packages:\n"),
}


@pytest.mark.parametrize(("name", "content"), NO_MEMBERS.values(), ids=NO_MEMBERS)
def test_packages_that_are_no_members(name: str, content: Any) -> None:
    tree = {"packages/ui/package.json": {"name": "ui"}, "packages/ui/index.ts": "", name: content}
    assert resolve(tree, "ui", "apps/web/a.ts") == "ui | "


def using(dependency: str, *sources: str) -> Tree:
    """Return an app with a framework."""
    return {"package.json": {"name": "x", "devDependencies": {dependency: "1"}}, **dict.fromkeys(sources, "")}


ALIASES: Final[Mapping[str, tuple[Tree, str, str]]] = {
    "SvelteKit": (using("@sveltejs/kit", "src/lib/b.ts"), "$lib/b", "src/lib/b.ts"),
    "SvelteKit's lib itself": (using("@sveltejs/kit", "src/lib/index.ts"), "$lib", "src/lib/index.ts"),
    "SvelteKit's server": (using("@sveltejs/kit", "src/lib/server/b.ts"), "$lib/server/b", "src/lib/server/b.ts"),
    "Nuxt 4": (using("nuxt", "app/b.ts", "b.ts"), "~/b", "app/b.ts"),
    "Nuxt 3": (using("nuxt", "b.ts"), "@/b", "b.ts"),
    "Nuxt with sources elsewhere": (using("nuxt", "src/b.ts"), "~/b", "src/b.ts"),
    "Nuxt's root": (using("nuxt", "app/b.ts", "b.ts"), "~~/b", "b.ts"),
    "Nuxt's root, the other way": (using("nuxt", "server/b.ts"), "@@/server/b", "server/b.ts"),
    "Nuxt's shared folder": (using("nuxt", "shared/b.ts"), "#shared/b", "shared/b.ts"),
    "what Nuxt makes": (using("nuxt"), "#imports", "#imports | "),
    "Next": (using("next", "lib/b.ts"), "@/lib/b", "lib/b.ts"),
    "Next with sources in a folder": (using("next", "src/lib/b.ts"), "@/lib/b", "src/lib/b.ts"),
    "Vite": (using("vite", "src/b.vue"), "@/b.vue", "src/b.vue"),
    "React Router": (using("@react-router/dev", "app/b.ts"), "~/b", "app/b.ts"),
    "a package that begins like an alias": (
        using("next", "src/sanity/client.ts"),
        "@sanity/client",
        "@sanity/client | ",
    ),
    "an alias that is set": (
        {**using("next", "src/b.ts", "code/b.ts"), "tsconfig.json": tsconfig(paths={"@/*": ["./code/*"]})},
        "@/b",
        "code/b.ts",
    ),
    "an alias when the framework's settings are not written yet": (
        {**using("nuxt", "app/b.ts"), "tsconfig.json": {"extends": "./.nuxt/tsconfig.json"}},
        "~/b",
        "app/b.ts",
    ),
    "an alias that leads out of the root": (using("vite"), "@/../../b", "? unknown alias"),
    "no package.json": ({"src/b.ts": ""}, "@/b", "src/b.ts"),
    "one package.json for many apps": (
        {**using("vite"), "src/tsconfig.json": {}, "src/src/b.ts": ""},
        "@/b",
        "src/src/b.ts",
    ),
}


@pytest.mark.parametrize(("tree", "specifier", "expected"), ALIASES.values(), ids=ALIASES)
def test_aliases_of_frameworks(tree: Tree, specifier: str, expected: str) -> None:
    assert resolve(tree, specifier) == expected


def test_aliases_stay_inside_the_project() -> None:
    for framework in load_frameworks():
        for alias in framework.aliases:
            assert all(joined("", folder) is not None for folder in alias.folders), framework.id
            # a scope such as `@site` is no package: the alias comes first
            assert package_name(f"{alias.name}/x") in ("", alias.name) or alias.name[0] == "@", framework.id


def test_an_importer_outside_the_tree_resolves_nothing() -> None:
    resolver = ImportResolver(files({"b.ts": ""}))
    assert shown(resolver.resolve("./b", "../../x/a.ts")) == "? outside the scanned folder"


def test_each_folder_is_asked_about_once_for_the_same_name() -> None:
    tree = files({"src/b.ts": ""})
    resolver = ImportResolver(tree)
    assert shown(resolver.resolve("./b", "src/a.ts")) == "src/b.ts"
    before = len(tree.listed)
    assert shown(resolver.resolve("./b", "src/c.ts")) == "src/b.ts"
    assert len(tree.listed) == before


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder with the root `in` and files outside it."""
    write(tmp_path, {"out/secret.ts": "", "out/package.json": '{"name": "out"}', "in/src/a.ts": "", "in/lib/b.ts": ""})
    return tmp_path


def on_disk(root: Path, specifier: str, importer: str = "src/a.ts") -> str:
    """Resolve a specifier in a tree on disk."""
    return shown(ImportResolver(DiskFileTree(str(root))).resolve(specifier, importer))


def test_files_on_disk_are_found(outside: Path) -> None:
    assert on_disk(outside / "in", "../lib/b") == "lib/b.ts"
    assert on_disk(outside / "in", "../lib/c") == "? no such file: lib/c"


def test_links_out_of_the_root_lead_nowhere(outside: Path) -> None:
    (outside / "in/lib/out").symlink_to(outside / "out")
    (outside / "in/lib/c.ts").symlink_to(outside / "out/secret.ts")
    (outside / "in/tsconfig.json").symlink_to(outside / "out/package.json")
    for specifier in ("../lib/out/secret", "../lib/c", "../lib/out"):
        assert on_disk(outside / "in", specifier).startswith("? no such file")
    assert DiskFileTree(str(outside / "in")).read("tsconfig.json") is None
    assert DiskFileTree(str(outside / "in")).names("lib/out") == frozenset()


def test_links_inside_lead_to_where_the_file_stands(outside: Path) -> None:
    (outside / "in/src/lib").symlink_to("../lib")
    (outside / "in/src/c.ts").symlink_to("../lib/b.ts")
    assert on_disk(outside / "in", "./lib/b") == "lib/b.ts"
    assert on_disk(outside / "in", "./c") == "lib/b.ts"


def test_links_in_circles_lead_nowhere(outside: Path) -> None:
    (outside / "in/src/x").symlink_to("y")
    (outside / "in/src/y").symlink_to("x")
    (outside / "in/src/here").symlink_to(".")
    assert on_disk(outside / "in", "./x").startswith("?")
    assert on_disk(outside / "in", "./here/here/here/a") == "src/a.ts"


def test_the_root_may_be_reached_through_a_link(outside: Path) -> None:
    (outside / "link").symlink_to("in")
    assert on_disk(outside / "link", "../lib/b") == "lib/b.ts"


def test_a_settings_file_that_is_too_large_is_a_gap(outside: Path) -> None:
    write(outside / "in", {"tsconfig.json": "{" + " " * 1_000_001 + "}"})
    assert on_disk(outside / "in", "@/b") == "? tsconfig.json line 1: cannot be read or is larger than 1 MB"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_no_settings_file(outside: Path) -> None:
    os.mkfifo(outside / "in/tsconfig.json")
    assert on_disk(outside / "in", "../lib/b") == "lib/b.ts"
    assert on_disk(outside / "in", "react") == "react | "


def test_a_root_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert on_disk(tmp_path / "gone", "./b") == "? no such file: src/b"


def test_work_grows_with_the_specifiers() -> None:
    def run(size: int) -> None:
        tree = {
            "tsconfig.json": tsconfig(paths={f"@{number}/*": [f"./src/{number}/*"] for number in range(50)}),
            "package.json": {"name": "x", "dependencies": {"next": "1"}},
            **{f"src/{number}/b.ts": "" for number in range(50)},
        }
        resolver = ImportResolver(files(tree))
        for number in range(size):
            resolver.resolve(f"@{number % 50}/b{number}", f"src/{number % 50}/a.ts")

    assert_linear(run, 300)


JSON: Final = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=5),
        st.sampled_from(
            ["./src/*", "../*", "*", "./tsconfig.json", "./b", "/", ".", "..", "${configDir}/x", "#b", "x"]
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([".", "./*", "#*", "@/*", "*", "default", "import", "path", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
FIELDS: Final = st.dictionaries(
    st.sampled_from(
        ["extends", "compilerOptions", "references", "name", "exports", "imports", "workspaces", "main", "dependencies"]
    ),
    JSON | st.fixed_dictionaries({}, optional={"paths": JSON, "baseUrl": JSON, "packages": JSON, "b": JSON, "x": JSON}),
    max_size=6,
)
TEXTS: Final = st.one_of(FIELDS.map(json.dumps), st.text(max_size=40), st.binary(max_size=40))
SPECIFIERS: Final = st.one_of(
    st.text(max_size=20),
    st.lists(
        st.sampled_from(
            ["@", "~", "#", "$lib", ".", "..", "/", "x", "b", "node:", "?", "!", "*", "\0", "\ud800", "é", " "]
        ),
        max_size=8,
    ).map("".join),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw a settings file with a few bytes removed, inserted or duplicated."""
    text = draw(TEXTS)
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.sampled_from([b"", b",", b"//", b"/*", b'"', b"{", b"\xff", b"\n"])) + data[at + 1 :]
    return data


@settings(max_examples=100)
@given(
    st.fixed_dictionaries(
        {"src/b.ts": st.just(b"")},
        optional={
            "tsconfig.json": mutated(),
            "b": mutated(),
            "package.json": mutated(),
            "x/package.json": mutated(),
            "src/package.json": mutated(),
            "pnpm-workspace.yaml": st.one_of(mutated(), st.just(b"packages:\n- x\n- '*'\n- '!**'\n")),
        },
    ),
    st.lists(
        st.tuples(SPECIFIERS, st.sampled_from(["src/a.ts", "a.ts", "", "x/y/z.vue", "../a", "/a"])),
        min_size=1,
        max_size=5,
    ),
)
def test_nothing_raises_and_nothing_leaves_the_tree(tree: Mapping[str, bytes], asked: list[tuple[str, str]]) -> None:
    resolver = ImportResolver(DictFiles(tree))
    for specifier, importer in asked:
        resolution = resolver.resolve(specifier, importer)
        assert not isinstance(resolution, ResolvedFile) or resolution.path in tree
        assert not isinstance(resolution, Unresolved) or printable(resolution.reason) == resolution.reason
    assert all(re.fullmatch(r"line [1-9]\d*: [ -~]+", each.message) for each in resolver.diagnostics)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_joined_path_stays_inside(folder: str, path: str) -> None:
    inside = joined("", folder)
    target = joined(inside, path) if inside is not None else None
    assert target is None or not {"", ".", ".."}.intersection(target.split("/") if target else ["x"])
