"""The fields of a framework; docs/writing-rules.md explains them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from frontleak.core.lazy_regex import LazyTextRegex
from frontleak.core.vocabulary import Exposure
from frontleak.rules.code_names import VARIABLE
from frontleak.rules.documents import Path
from frontleak.rules.field_types import (
    FILES,
    FLAG,
    ID,
    INNER_PATH,
    TEXT,
    TEXTS,
    one_of,
    project_glob_problem,
    whole_number,
)
from frontleak.rules.prefilter import prefilter_of
from frontleak.rules.regex_ast import RegexError, parse
from frontleak.rules.schema import Expression, Field, ListOf, MapOf, Table, required

FRAMEWORK_KIND: Final = "framework"
"""The kind of a document that is not a rule but describes a framework."""


_PART: Final = LazyTextRegex(r"(?:(?:\[[\w$-]+=[\w$-]+\])?[\w$-]+|\{[\w$-]+(?::[\w$-]+)*\})(?:\.(?:[\w$-]+|\*))*")


def _trigger_problem(text: str) -> str:
    try:
        prefilter_of(parse(text), whole=True)
    except RegexError as error:
        return str(error)
    return ""


def _placeholder_problem(text: str) -> str:
    return (
        "" if text.count(VARIABLE) == 1 and text != VARIABLE else f"{text!r} must have {VARIABLE} once, in other text"
    )


GLOB: Final = Expression("a glob", project_glob_problem)
_GLOBS: Final = ListOf(GLOB, "a list of globs", least=0)
WORDS: Final = ListOf(TEXT, "a list of strings", least=0)
_MARK: Final = Table({"folder": Field(TEXT), "holds": Field(TEXTS)}, "a mapping with folder, holds or both", least=1)
PLANTED: Final = "SECRET"
"""Stands for a secret in the examples of `sent`."""


def _part_problem(path: str) -> str:
    return "" if _PART.fullmatch(path) else f"{path!r} must be keys joined by dots, each a plain name or *"


def _planted_problem(text: str) -> str:
    return "" if text.count(PLANTED) == 1 else f"must have {PLANTED} once"


_PLANTED: Final = Expression("a text", _planted_problem)
_SENT: Final = Table(
    {
        "files": required(GLOB),
        "paths": required(ListOf(Expression("a path of keys", _part_problem), "a non-empty list of paths of keys")),
        "sends": required(ListOf(_PLANTED, "a non-empty list of texts")),
        "keeps": Field(ListOf(_PLANTED, "a non-empty list of texts")),
    }
)
_OUTPUT: Final = Table(
    {
        "name": required(TEXT),
        "recognised_by": required(ListOf(_MARK, "a list of marks", least=0)),
        "reach": required(
            ListOf(
                Table(
                    {exposure: Field(GLOB) for exposure in (Exposure.SERVED, Exposure.SERVER)},
                    "{served: glob} or {server: glob}",
                    least=1,
                ),
                "a list of {served: glob} and {server: glob}",
                least=0,
            )
        ),
        "sent": Field(ListOf(_SENT, "a non-empty list of {files: …, paths: …, sends: …, keeps: …}")),
    }
)
_CODE: Final = Table(
    {
        **{name: Field(_GLOBS) for name in ("server", "client", "pages", "templates")},
        "stripped": Field(TEXTS),
        "returned": Field(MapOf(TEXTS, "a mapping of glob: exported functions", key=GLOB)),
        "sent_results": Field(MapOf(TEXTS, "a mapping of glob: exported functions", key=GLOB)),
        "published_settings": Field(MapOf(TEXTS, "a mapping of glob: settings", key=GLOB)),
        "shared_state": Field(TEXTS),
        "inlines_variables": Field(FLAG),
        "undefined": Field(TEXT),
        "fix": Field(TEXT),
        "server_variable": Field(Expression("an expression", _placeholder_problem)),
        "server_import": Field(TEXT),
    }
)
_NAMES: Final = Table(
    {
        "directives": Field(MapOf(one_of(("client", "server")), "a mapping of directive: client or server")),
        "server_only": Field(TEXTS),
        "client_only": Field(TEXTS),
        "islands": Field(TEXTS),
        "server_functions": Field(TEXTS),
        "server_methods": Field(MapOf(TEXTS, "a mapping of function: methods")),
        "server_members": Field(MapOf(TEXTS, "a mapping of function: members")),
        "browser_checks": Field(TEXTS),
        "server_checks": Field(TEXTS),
        "server_bundle_checks": Field(TEXTS),
        "environment": Field(TEXTS),
        "inlined_environment": Field(TEXTS),
        "environment_functions": Field(TEXTS),
        "environment_modules": Field(
            MapOf(one_of(("server", "prefixed", "declared")), "a mapping of module: server, prefixed or declared")
        ),
        "variable_functions": Field(TEXTS),
        "public_declarations": Field(
            ListOf(
                Table({name: required(TEXT) for name in ("function", "setting", "value")}),
                "a list of {function: …, setting: …, value: …}",
            )
        ),
        "page_variables": Field(
            ListOf(Expression("a placeholder", _placeholder_problem), "a non-empty list of placeholders")
        ),
        "settings_functions": Field(TEXTS),
        "settings_modules": Field(TEXTS),
        "public_settings": Field(TEXTS),
        "handlers": Field(TEXTS),
        "responses": Field(TEXTS),
        "cookie_functions": Field(TEXTS),
        "cookie_stores": Field(TEXTS),
        "page_components": Field(TEXTS),
        "request_state": Field(TEXTS),
        "function_wrappers": Field(TEXTS),
        "value_holders": Field(TEXTS),
        "sender_marks": Field(TEXTS),
        "wrapper_marks": Field(TEXTS),
        "published_arguments": Field(
            ListOf(
                Table(
                    {
                        **{name: required(TEXT) for name in ("function", "how")},
                        **{name: Field(TEXT) for name in ("member", "module", "file_names")},
                        "argument": Field(whole_number(0, 9, "arguments")),
                        "on_both_sides": Field(FLAG),
                    }
                ),
                "a list of {function: …, member: …, argument: …, module: …, file_names: …, on_both_sides: …, how: …}",
            )
        ),
    }
)
_PAGE: Final = Table(
    {
        "intro": required(TEXT),
        "settings": required(WORDS),
        "wrong": required(FILES),
        "right": required(FILES),
        "blind": required(
            ListOf(Table({"what": required(TEXT), "files": required(FILES)}), "a list of {what: …, files: …}", least=0)
        ),
        "layouts": Field(
            ListOf(
                MapOf(
                    one_of((Exposure.SERVED, Exposure.SERVER)), "a mapping of path: served or server", key=INNER_PATH
                ),
                "a non-empty list of mappings",
            )
        ),
    }
)


def _unknown_prefixes(values: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for index, prefix in enumerate(values.get("distinctive_env", ())):
        if prefix not in values["public_env"]:
            yield ("distinctive_env", index), f"distinctive_env: {prefix!r} is not one of public_env"


def _framework(page: Field) -> Table:
    return Table(
        {
            "id": required(ID),
            "kind": required(one_of((FRAMEWORK_KIND,))),
            "name": required(TEXT),
            "dependencies": required(ListOf(TEXT, "a non-empty list of packages")),
            "configurations": Field(_GLOBS),
            "makes_apps": Field(FLAG),
            "rank": Field(whole_number(0, 100, "steps")),
            "aliases": Field(
                MapOf(ListOf(TEXT, "a non-empty list of folders"), "a mapping of import prefix: list of folders")
            ),
            "virtual": Field(TEXTS),
            "public_env": required(WORDS),
            "distinctive_env": Field(TEXTS),
            "build_files": Field(_GLOBS),
            "env_files": Field(_GLOBS),
            "build_folders": Field(ListOf(INNER_PATH, "a non-empty list of folders")),
            "triggers": Field(ListOf(Expression("an expression", _trigger_problem), "a non-empty list of expressions")),
            "outputs": required(ListOf(_OUTPUT, "a list of output folders", least=0)),
            "code": required(_CODE),
            "names": Field(_NAMES),
            "page": page,
            "references": required(ListOf(TEXT, "a non-empty list of URLs")),
        },
        together=("public_env", "distinctive_env"),
        also=_unknown_prefixes,
    )


FRAMEWORK: Final = _framework(required(_PAGE))
"""A shipped one."""
OWN_FRAMEWORK: Final = _framework(Field(_PAGE))
"""One that a rule file contains: it has no page in the docs, so `page` only has its examples."""
