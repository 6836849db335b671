"""Writes docs/frameworks.md and a page for each framework from rules/frameworks; the tool itself says what it finds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from frontleak.core.vocabulary import RuleKind
from frontleak.report.text import TEXT
from frontleak.rules.frameworks import FRAMEWORKS_FOLDER, Alias, FileMark, Framework, load_frameworks
from frontleak.rules.load import load_folder, load_rules
from tests.support.code import Texts, package, scanned
from tests.support.made import rendered

_CODE: Final = """\
## Code

A file of the source tree is browser code when a bundle for browsers begins with it, or when browser code imports
it: by a value that is used in what is shipped, not for its types alone. The page of a framework says which files a
bundle begins with. Besides these, in every project, a bundle begins with

- a module that says `'use client'` or imports `client-only`,
- the scripts of an HTML page that is not below a folder such as `public` or `dist`,
- what webpack*.js beside the package.json names as `entry`, unless its `target` is Node.

A module that says `'use server'` or imports `server-only`, and one whose place is on the server, brings nothing
further into the bundle.

A project is a package.json and the files that are nearest to it; what that package.json depends on tells its
frameworks. A library, which offers itself to other code and ships nothing by itself, is left alone.
"""
_OUTPUT: Final = """\
## Build output

Each file of build output is `served` (sent to browsers) or `server` (stays on the server, or is never deployed). In
each table the first line that fits a path decides; a file that no line fits, and every file of build output that is
not recognised, counts as served. Where two tables cover a file, it is served as soon as one of them says so. Files
outside build output, below a `package.json` or in a repository, are `source`; a folder that is neither counts as
served.
"""
_PATHS: Final = """
The first line that fits a path decides; paths count from the folder of the package.json. What browser code imports is
browser code too, unless a line says that it runs on the server; what runs on the server ships nothing by its imports.
[Marks in the code](../frameworks.md#code) count besides."""
_BLIND: Final = """\
Each of these is tried: a project with one of them alone gives no finding. A token that is written out is found by its
shape in every file that is scanned. [limitations.md](../limitations.md) lists what holds for every framework."""


def pages() -> Mapping[str, str]:
    """Return the page of each framework, by its id."""
    written = written_pages()
    return {framework.id: _page(framework, written[framework.id]) for framework in load_frameworks()}


def written_pages() -> Mapping[str, Mapping[str, Any]]:
    """Return the section `page` of each framework's file, by its id."""
    return {data["id"]: data["page"] for data in load_folder(FRAMEWORKS_FOLDER)}


def project(framework: Framework, files: Texts) -> Texts:
    """Return a small app of a framework: the files, and a package.json unless it is among them."""
    return {"package.json": package(framework.dependencies[0]), **files}


def index_page() -> str:
    """Return the page docs/frameworks.md."""
    known = sorted(load_frameworks(), key=lambda framework: framework.name.lower())
    return "\n".join(
        (
            "# Frameworks\n",
            "Generated from `rules/frameworks/*.yaml` by `python docs/generate.py`. A page says what is browser code",
            "in a framework, what is checked there, what cannot be seen, and which files of its build are served.\n",
            "| framework | public variables begin with |",
            "|---|---|",
            *(f"| [{framework.name}](frameworks/{framework.id}.md) | {_prefixes(framework)} |" for framework in known),
            "",
            _CODE,
            _OUTPUT,
        )
    )


def _page(framework: Framework, written: Mapping[str, Any]) -> str:
    source = f"rules/{FRAMEWORKS_FOLDER}/{framework.id}.yaml"
    parts = (
        f"# {framework.name}",
        f"Generated from `{source}` by `python docs/generate.py`; [all frameworks](../frameworks.md).",
        " ".join(written["intro"].split()),
        f"Used by a project that depends on {_either(framework.dependencies)}.",
        "## What is browser code",
        "\n".join(_code(framework)),
        "## What is checked",
        "\n".join(_rules(framework, written["settings"])),
        *_example(framework, written),
        "## What it cannot see",
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
    yield "| files | run |\n|---|---|"
    yield from (f"| `{glob}` | on the server |" for glob in code.server)
    stays = f", but for what they export as {_either(sorted(code.stripped))}" if code.stripped else ""
    yield from (f"| `{glob}` | in the browser{stays} |" for glob in code.pages)
    yield from (f"| `{glob}` | in the browser |" for glob in code.client)
    yield from (f"| `{glob}` | in the browser, with public variables written into them |" for glob in code.templates)
    if code.islands:
        yield "| `<script>` of an Astro file, components that one marks with `client:` | in the browser |"
    yield _PATHS
    for glob, names in code.returned.items():
        yield f"\nWhat {_either(names)} in `{glob}` gives back is sent to the browser."
    if framework.public_env:
        yield f"\nPublic variables begin with {_either(framework.public_env)}: their values are put into browser code."
    if code.undefined:
        yield f"\n{code.undefined[0].upper()}{code.undefined[1:]}."
    if framework.aliases:
        yield f"\nUnless a project says otherwise, {'; '.join(map(_alias, framework.aliases))}."


def _rules(framework: Framework, settings: list[str]) -> Iterator[str]:
    """Yield the rules that apply: those about code where there is browser code, and those about its configuration."""
    ships = framework.code.undefined
    for rule in load_rules().others:
        about_code = rule.kind in {RuleKind.USAGE, RuleKind.ENV_NAME} and (
            ships or rule.id == "sanity-token-to-browser"
        )
        if about_code or rule.id in settings:
            yield f"- [`{rule.id}`](../rules.md#{rule.id}): {rule.name}"
    if framework.code.fix:
        yield f"\n**What to do.** {framework.code.fix}"


def _example(framework: Framework, written: Mapping[str, Any]) -> Iterator[str]:
    yield "## Wrong, and right"
    yield from _files(written["wrong"])
    said = rendered(scanned(project(framework, written["wrong"])), TEXT)
    yield f"`frontleak scan` says:\n\n```\n{_findings(said)}\n```"
    yield "Right is:"
    yield from _files(written["right"])


def _files(files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        yield f"`{path}`\n\n```{path.rpartition('.')[2]}\n{text.rstrip()}\n```"


def _findings(said: str) -> str:
    """Return a report without its last lines, which tell how long it took."""
    return said.rpartition("\n\n")[0]


# --- build output ----------------------------------------------------------------------------------------------------


def _outputs(framework: Framework) -> Iterator[str]:
    yield "## Build output"
    for output in framework.outputs:
        yield f"### {output.name[0].upper()}{output.name[1:]}"
        if output.recognised_by:
            yield f"Recognised by {'; or '.join(_mark(mark) for mark in output.recognised_by)}."
        else:
            yield "Recognised by nothing but its usual name: all of it counts as served."
        if output.reach:
            lines = (f"| `{line.glob}` | {line.exposure} |" for line in output.reach)
            yield "\n".join(("| path | |\n|---|---|", *lines, "| all else | served |"))
        elif output.recognised_by:
            yield "All of it is served."


def _alias(alias: Alias) -> str:
    return f"imports of `{alias.name}/` are looked for in {_either(alias.folders)}"


def _mark(mark: FileMark) -> str:
    named = f"the name `{mark.folder}`" if mark.folder else ""
    held = f"{'holding ' if named else 'a folder that holds '}{_all(mark.holds)}" if mark.holds else ""
    return " ".join(part for part in (named, held) if part)


def _prefixes(framework: Framework) -> str:
    return ", ".join(f"`{prefix}`" for prefix in framework.public_env) or "(none)"


def _all(words: Sequence[str]) -> str:
    return " and ".join(f"`{word}`" for word in words)


def _either(words: Sequence[str]) -> str:
    return " or ".join(f"`{word}`" for word in words)
