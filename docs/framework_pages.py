"""Generate docs/frameworks.md and a page per framework from rules/frameworks, with the findings of real scans."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from docs.served_table import served_section
from frontleak.core.vocabulary import RuleKind
from frontleak.report.registry import reporter_named
from frontleak.rules.frameworks import Alias, FileMark, Framework, load_frameworks
from frontleak.rules.load import load_folder, load_rules
from frontleak.rules.paths import FRAMEWORKS_FOLDER
from tests.support.code import Texts, package, scanned
from tests.support.made import rendered

_CODE: Final = """\
## Code

A source file is client-side code if it is an entry point of a client bundle, or if client-side code imports a value
from it that is used in the bundle; type-only imports do not count. The page of a framework lists its entry points. In
every project, these are entry points too:

- modules with `'use client'` or an import of `client-only`,
- scripts of HTML pages that are not below a folder such as `public` or `dist`,
- `entry` in webpack*.js next to the package.json, unless its `target` is Node.

Imports of modules with `'use server'`, modules that import `server-only`, and server-side files are not followed.

A project is a package.json and all files that have it as their nearest one; its dependencies determine the frameworks.
Libraries, which other code imports and which ship nothing themselves, are not checked.
"""
_OUTPUT: Final = """\
## Build output

Each file of build output is `served` (sent to browsers) or `server` (it stays on the server, or is never deployed). In
each table the first matching line decides. A file that matches no line counts as served, and so does every file of
build output that is not recognised. If two tables cover a file, it is served if one of them says so. Files outside
build output, below a `package.json` or in a repository, are `source`; all other folders count as served.

A secret in a script of a server counts as served where the code sends it: the scan follows it through names, members,
functions and imports to a response, a header, a cookie, an element or template of a page, or the result of a function
that the framework sends. One that is compared, or goes into a request or a client, is not sent. Where the way ends at
code that is not known, the report says `server output; a handler may send it`: scan the source code too.
"""
_PATHS: Final = """
The first matching line decides; paths are relative to the folder of the package.json. Files that client-side code
imports are client-side code too, unless a line says that they run on the server; imports of server-side files ship
nothing. [Directives in the code](../frameworks.md#code) count too."""
_NO_PATHS: Final = """\
No path says where code runs. Files that client-side code imports are client-side code too.
[Directives in the code](../frameworks.md#code) count as well."""
_BLIND: Final = """\
Each line is tested: a project with nothing else has no finding. A token written as a literal is found in every scanned
file by its shape. [limitations.md](../limitations.md) lists the limits for all frameworks."""


def pages() -> Mapping[str, str]:
    """Return the page of each framework by id."""
    written = written_pages()
    return {framework.id: _page(framework, written[framework.id]) for framework in load_frameworks()}


def written_pages() -> Mapping[str, Mapping[str, Any]]:
    """Return the section `page` of each framework file by id."""
    return {data["id"]: data["page"] for data in load_folder(FRAMEWORKS_FOLDER)}


def project(framework: Framework, files: Texts) -> Texts:
    """Return a small app of a framework: the files, plus a package.json if they have none."""
    return {"package.json": package(framework.dependencies[0]), **files}


def index_page() -> str:
    """Return the page docs/frameworks.md."""
    rows = (
        f"| [{framework.name}](frameworks/{framework.id}.md) | {_prefixes(framework)} |"
        for framework in sorted(load_frameworks(), key=lambda framework: framework.name.lower())
    )
    return "\n".join(
        (
            "# Frameworks\n",
            "Generated from `rules/frameworks/*.yaml` by `python docs/generate.py`. The page of a framework lists its",
            "client-side code, the checks, what is not detected, and which files of its build are served.\n",
            "| framework | prefixes of public variables |",
            "|---|---|",
            *rows,
            "",
            _CODE,
            _OUTPUT,
            served_section(),
        )
    )


def _page(framework: Framework, written: Mapping[str, Any]) -> str:
    source = f"rules/{FRAMEWORKS_FOLDER}/{framework.id}.yaml"
    parts = (
        f"# {framework.name}",
        f"Generated from `{source}` by `python docs/generate.py`; [all frameworks](../frameworks.md).",
        " ".join(written["intro"].split()),
        f"Used by a project that depends on {_either(framework.dependencies)}.",
        "## Client-side code",
        "\n".join(_code(framework)),
        "## Checks",
        "\n".join(_rules(framework, written["settings"])),
        *_example(framework, written),
        "## Not detected",
        _BLIND,
        "\n".join(f"- {blind['what']}" for blind in written["blind"]),
        *_outputs(framework),
        "## Sources",
        "\n".join(f"- <{reference}>" for reference in framework.references),
    )
    return "\n\n".join(parts) + "\n"


# --- code ------------------------------------------------------------------------------------------------------------


def _code(framework: Framework) -> Iterator[str]:
    code = framework.code
    if files := list(_places(framework)):
        yield from ("| files | run |\n|---|---|", *files, _PATHS)
    else:
        yield _NO_PATHS
    for glob, names in code.returned.items():
        yield f"\nThe result of {_either(names)} in `{glob}` is sent to the browser."
    for glob, settings in code.published_settings.items():
        yield f"\nWhat {_all(settings)} in `{glob}` set is sent to the browser."
    if framework.public_env:
        yield f"\nPublic variables begin with {_either(framework.public_env)}; their values are put into the bundle."
    if code.undefined:
        yield f"\n{code.undefined[0].upper()}{code.undefined[1:]}."
    if framework.aliases:
        yield f"\nBy default, {'; '.join(map(_alias, framework.aliases))}."


def _places(framework: Framework) -> Iterator[str]:
    """Yield a row for each of the paths that say where code runs."""
    code = framework.code
    yield from (f"| `{glob}` | on the server |" for glob in code.server)
    stripped = f", except their exports {_all(sorted(code.stripped))}" if code.stripped else ""
    yield from (f"| `{glob}` | in the browser{stripped} |" for glob in code.pages)
    yield from (f"| `{glob}` | in the browser |" for glob in code.client)
    yield from (f"| `{glob}` | in the browser, with the values of public variables |" for glob in code.templates)
    if islands := framework.names.get("islands"):
        yield f"| `<script>` in an Astro file, components with {_either(islands)} | in the browser |"


def _rules(framework: Framework, settings: list[str]) -> Iterator[str]:
    """Yield the rules that apply: for client-side code, if the framework has any, and for its configuration."""
    has_client_code = framework.code.undefined
    for rule in load_rules().others:
        about_code = rule.kind in {RuleKind.USAGE, RuleKind.ENV_NAME} and (
            has_client_code or rule.id == "sanity-token-to-browser"
        )
        if about_code or rule.id in settings:
            yield f"- [`{rule.id}`](../rules.md#{rule.id}): {rule.name}"
    if framework.code.fix:
        yield f"\n**Fix.** {framework.code.fix}"


def _example(framework: Framework, written: Mapping[str, Any]) -> Iterator[str]:
    yield "## Example"
    yield from _files(written["wrong"])
    report = rendered(scanned(project(framework, written["wrong"])), reporter_named("text"))
    yield f"`frontleak scan` reports:\n\n```\n{_findings(report)}\n```"
    yield "Fixed:"
    yield from _files(written["right"])


def _files(files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        yield f"`{path}`\n\n```{path.rpartition('.')[2]}\n{text.rstrip()}\n```"


def _findings(report: str) -> str:
    """Return a report without its last lines, which contain timings."""
    return report.rpartition("\n\n")[0]


# --- build output ----------------------------------------------------------------------------------------------------


def _outputs(framework: Framework) -> Iterator[str]:
    yield "## Build output"
    for output in framework.outputs:
        yield f"### {output.name[0].upper()}{output.name[1:]}"
        if output.recognised_by:
            yield f"Recognised by {'; or '.join(_mark(mark) for mark in output.recognised_by)}."
        else:
            yield "Recognised only by its usual name; all of it counts as served."
        if output.reach:
            lines = (f"| `{line.glob}` | {line.exposure} |" for line in output.reach)
            yield "\n".join(("| path | |\n|---|---|", *lines, "| everything else | served |"))
        elif output.recognised_by and not output.sent:
            yield "All of it is served."
        if output.sent:
            parts = (f"- `{part.path}` in `{part.glob}`" for part in output.sent)
            yield "\n".join(("Parts of server files that browsers are sent all the same count as served:\n", *parts))


def _alias(alias: Alias) -> str:
    return f"imports of `{alias.name}/` resolve to {_either(alias.folders)}"


def _mark(mark: FileMark) -> str:
    name = f"the name `{mark.folder}`" if mark.folder else ""
    contents = f"{'with ' if name else 'a folder with '}{_all(mark.holds)}" if mark.holds else ""
    return " ".join(part for part in (name, contents) if part)


def _prefixes(framework: Framework) -> str:
    return ", ".join(f"`{prefix}`" for prefix in framework.public_env) or "(none)"


def _all(words: Sequence[str]) -> str:
    return _listed(words, "and")


def _either(words: Sequence[str]) -> str:
    return _listed(words, "or")


def _listed(words: Sequence[str], conjunction: str) -> str:
    *others, last = [f"`{word}`" for word in words]
    return f"{', '.join(others)} {conjunction} {last}" if others else last
