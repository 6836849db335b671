"""Generate the pages that quote the tool or its tests; `--check` compares instead."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from frontleak.cli.config_options import OPTIONS, json_schema
from frontleak.cli.main import cli
from frontleak.core.rule import Rule
from frontleak.rules.load import load_rules

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `docs` and `tests`, from any working directory

from docs.api_reference import with_reference
from docs.exit_codes import exit_code_lines
from docs.framework_pages import index_page, pages
from docs.vendors_list import with_vendors
from docs.verifiers_page import verifiers_page
from tests.faults.table import reliability_page
from tests.matrix.table import limitations_page

DOCS = Path(__file__).resolve().parent
README = DOCS.parent / "README.md"


def rules_page() -> str:
    """Return the page of all rules."""
    rules = load_rules().every
    return "\n".join(
        (
            "# Rules\n",
            "Generated from the rule files by `python docs/generate.py`.\n",
            "| rule | kind | finds | severity | confidence |",
            "|---|---|---|---|---|",
            *(
                f"| [{rule.id}](#{rule.id}) | {rule.kind} | {rule.name} | {_severity(rule)} | {rule.confidence} |"
                for rule in rules
            ),
            *(section for rule in rules for section in _rule(rule)),
            "",
        )
    )


def _severity(rule: Rule) -> str:
    return "public by design" if rule.exposure else str(rule.severity)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"\n## {rule.id}\n\n{rule.name}. Source: `{rule.source.rpartition(':')[0]}`.\n"
    yield f"**Why.** {rule.why}\n\n**Fix.** {rule.fix}\n"
    yield from (f"- <{reference}>" for reference in rule.references)


_SOURCES = """\
## Source code

A scan of a source tree checks code before the build: does a token, or a write that needs one, reach client-side code?
It applies the rules of the project's frameworks ([frameworks.md](frameworks.md)) and follows imports from the client
entry points. A finding shows the import path, entry point first: each line names a file and its line that imports the
next one, the first also why it is an entry point (`'use client'`, a page, an island), and the last the place of the
token. `so` explains what happens to the token there. Not followed: modules that a build refuses to ship
(`import 'server-only'`, `$lib/server`, `.server`), type-only imports, and code that a framework removes from a page.
Libraries are not checked. For a single named file, the rest of its project is read too. The rules are
"""


def usage_page() -> str:
    """Return the page of commands, options and exit codes."""
    return "\n".join(
        (
            "# Usage\n",
            "Generated from the command line by `python docs/generate.py`.\n",
            *_helps(cli, "frontleak"),
            _SOURCES,
            *(f"- [`{rule.id}`](rules.md#{rule.id}): {rule.name}" for rule in load_rules().others if rule.kind.is_code),
            "\n## Exit codes\n",
            *exit_code_lines(cli),
            "\n## Configuration file\n",
            "`.frontleak.yaml` in the working directory or a folder above it, up to the root of the repository, or",
            "`[tool.frontleak]` in pyproject.toml. It sets defaults for `frontleak scan`; environment variables and",
            "flags take precedence. The file may be in the tree that is scanned: it can only narrow a scan, and every",
            "report counts what it left out (excluded paths, disabled rules, a higher `fail-on`). A file over its",
            "`max-file-size` that the default includes makes the scan incomplete.\n",
            "| option | value |",
            "|---|---|",
            *(f"| `{name}` | {option.expected} |" for name, option in OPTIONS.items()),
            "",
        )
    )


def _helps(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(
        command, info_name=path, max_content_width=100, terminal_width=100, help_option_names=["-h", "--help"]
    )
    yield f"## {path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _helps(inner, f"{path} {name}")


def main() -> int:
    """Write the pages, or with `--check` list those that are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    for name in [name for name in os.environ if name.startswith("FRONTLEAK_") and name != "FRONTLEAK_CACHE_DIR"]:
        del os.environ[name]
    stale = []
    for file, text in (
        (DOCS / "rules.md", rules_page()),
        (DOCS / "usage.md", usage_page()),
        (DOCS / "frameworks.md", index_page()),
        *((DOCS / "frameworks" / f"{name}.md", page) for name, page in pages().items()),
        (DOCS / "limitations.md", limitations_page()),
        (DOCS / "config.schema.json", json.dumps(json_schema(), indent=2) + "\n"),
        (DOCS / "reliability.md", reliability_page()),
        (DOCS / "verifiers.md", verifiers_page()),
        (DOCS / "api.md", with_reference((DOCS / "api.md").read_text("utf-8"))),
        (README, with_vendors(README.read_text("utf-8"))),
    ):
        if check and (not file.exists() or file.read_text("utf-8") != text):
            stale.append(file.relative_to(DOCS.parent).as_posix())
        elif not check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
    for name in stale:
        print(f"{name} is out of date: run `python docs/generate.py`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
