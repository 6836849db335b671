"""The fields of the files that ship with the tool and are not rules: frameworks, code facts, walk, triggers, macros."""

import re
from collections.abc import Mapping
from typing import Any, Final

from frontleak.rules.field_types import FLAG, TEXT, TEXTS, one_of, setting_problem, whole_number
from frontleak.rules.framework_fields import FRAMEWORK, GLOB
from frontleak.rules.paths import FRAMEWORKS_FOLDER, MACROS_FILE, TRIGGERS_FILE
from frontleak.rules.schema import Expression, Field, ListOf, MapOf, Name, Table, Type, Value, is_text, required


def _expression_problem(text: str) -> str:
    try:
        re.compile(text, re.VERBOSE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"not a valid regular expression: {error}"
    return ""


def _is_folder_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[^/*?{}\\]+(?:/[^/*?{}\\]+)*", value) is not None


_EXPRESSION: Final = Expression("a regular expression", _expression_problem)
_EXPRESSIONS: Final = ListOf(_EXPRESSION, "a non-empty list of regular expressions")
_SETTINGS: Final = ListOf(Expression("a setting, such as kit.alias", setting_problem), "a list of settings", least=0)
_FOLDERS: Final = ListOf(Value("a folder name without wildcards", _is_folder_name), "a non-empty list of folder names")
_EXPORTS: Final = MapOf(TEXTS, "a mapping of package: exported names")


# --- code facts ------------------------------------------------------------------------------------------------------

_NAMES: Final = Table(
    {
        **{
            name: required(_EXPRESSIONS)
            for name in (
                *("secret", "not_secret", "public", "never_public", "harmless_values", "names_a_word"),
                *("write", "read", "sanity"),
            )
        },
        "tests": required(ListOf(GLOB, "a non-empty list of globs")),
    },
)
_ASSIGNED: Final = Table(
    {
        "names": required(Table({kind: required(_EXPRESSIONS) for kind in ("secret", "token", "key")})),
        "endings": required(_EXPRESSION),
        "harmless_names": required(_EXPRESSIONS),
        "harmless_values": required(_EXPRESSIONS),
        "placeholder_words": required(_EXPRESSION),
        "least": required(
            Table({kind: required(whole_number(8, 100, "characters")) for kind in ("secret", "token", "key")})
        ),
        **{name: required(ListOf(GLOB, "a non-empty list of globs")) for name in ("tests", "silent_files")},
    }
)
_SANITY: Final = Table(
    {
        "make_client": required(_EXPORTS),
        "clients": required(_EXPORTS),
        "global_clients": required(TEXTS),
        "session_clients": required(_EXPORTS),
        "keepers": required(MapOf(TEXT, "a mapping of function: member")),
        "reconfigure": required(TEXTS),
        "same_members": required(TEXTS),
        "request_methods": required(TEXTS),
        "write_requests": required(_EXPRESSION),
        "committed": required(TEXTS),
        "live": required(
            Table({"packages": required(TEXTS), "function": required(TEXT), "browser_token": required(TEXT)})
        ),
        "token_settings": required(MapOf(MapOf(_SETTINGS, "a mapping of function: settings"), "a mapping by package")),
        "hosts": required(_EXPRESSION),
    }
)
_METHODS: Final = MapOf(TEXTS, "a mapping of member: methods")
_CLIENT_METHODS: Final = Table(
    {"version": required(TEXT), "writes": required(_METHODS), "reads": required(_METHODS), "unjudged": Field(_METHODS)}
)
_REQUESTS: Final = Table(
    {
        "senders": required(_EXPORTS),
        "names": required(_EXPRESSION),
        "addresses": required(TEXTS),
        "headers": required(TEXTS),
        "setters": required(TEXTS),
        "token_parts": required(MapOf(MapOf(TEXT, "a mapping of function: setting"), "a mapping by package")),
    }
)
_BUNDLERS: Final = ListOf(
    Table(
        {
            "files": required(GLOB),
            "aliases": required(_SETTINGS),
            "bases": Field(_SETTINGS),
            "changed": Field(TEXTS),
            "calls": Field(MapOf(TEXT, "a mapping of function: setting")),
            "entries": Field(_SETTINGS),
            "entry": Field(TEXT),
        }
    ),
    "a list of bundlers",
)
_POSITIONS: Final = ListOf(whole_number(0, 9, "arguments"), "a list of positions")
_SERVERS: Final = Table(
    {
        "packages": required(TEXTS),
        "answers": required(
            ListOf(
                Table(
                    {
                        "owners": required(TEXTS),
                        "methods": required(MapOf(_POSITIONS, "a mapping of method: positions")),
                        "marks": Field(TEXTS),
                    }
                ),
                "a list of {owners: …, methods: …, marks: …}",
            )
        ),
        "outgoing": required(Table({"sockets": required(TEXTS), "packages": required(TEXTS)})),
        "returning": required(MapOf(TEXTS, "a mapping of package: methods")),
        "procedures": required(Table({"owner": required(_EXPRESSION), "methods": required(TEXTS)})),
        "decorators": required(_EXPORTS),
        "resolvers": required(Table({"types": required(TEXTS), "packages": required(TEXTS)})),
        "templates": required(Table({"render": required(_EXPORTS), "compile": required(_EXPORTS)})),
        "written_files": required(Table({name: required(TEXTS) for name in ("functions", "folders", "endings")})),
        "bodies": required(TEXTS),
        "drawings": required(TEXTS),
        "view_data": required(TEXTS),
        "view_data_of_response": required(TEXTS),
    }
)
_SERVER_OUTPUT: Final = Table(
    {
        **{
            name: required(TEXTS)
            for name in (
                *("same_value", "same_text", "text_methods", "callbacks", "answer_methods", "node_methods"),
                *(
                    "responses",
                    "request_headers",
                    "elements",
                    "page_writers",
                    "component_renderers",
                    "client_references",
                ),
            )
        },
        **{
            name: required(MapOf(whole_number(0, 9, "arguments"), "a mapping of function: position"))
            for name in ("answers", "header_methods")
        },
    }
)
_ENV_VALUES: Final = Table(
    {
        **{name: required(_EXPRESSIONS) for name in ("ids", "system", "references", "placeholders")},
        "settings": required(
            ListOf(
                Table(
                    {
                        "files": required(GLOB),
                        "syntax": required(one_of(("toml", "json", "yaml"))),
                        "tables": required(TEXTS),
                        "env_files": Field(TEXTS),
                        "references": Field(FLAG),
                    }
                ),
                "a list of {files: …, syntax: …, tables: …}",
            )
        ),
        "ci": required(
            ListOf(
                Table({"name": required(TEXT), "recognised_by": required(TEXT), "secrets": required(TEXTS)}),
                "a list of {name: …, recognised_by: …, secrets: …}",
            )
        ),
    }
)
_ENVIRONMENT: Final = Table(
    {
        "readers": required(MapOf(MapOf(TEXT, "a mapping of function: member"), "a mapping of package: functions")),
        "file_readers": required(TEXTS),
        "functions": required(TEXTS),
        "keep_value": required(TEXTS),
        "by_prefix": required(MapOf(whole_number(0, 9, "arguments"), "a mapping of function: position")),
    }
)


# --- deployed sites --------------------------------------------------------------------------------------------------

_GUESSES: Final = ListOf(
    Table(
        {
            "url": required(TEXT),
            "needs": Field(TEXT),
            "headers": Field(MapOf(TEXT, "a mapping of header: value")),
        }
    ),
    "a list of {url: …}",
)
_SITE: Final = Table(
    {
        **{name: required(_EXPRESSIONS) for name in ("script_lists", "chunk_functions")},
        **{name: required(_EXPRESSION) for name in ("public_path", "chunk_ids")},
        "attributes": required(TEXTS),
        "lists": required(
            ListOf(Table({"path": required(GLOB), "folder": Field(TEXT)}), "a list of {path: …, folder: …}")
        ),
        "frameworks": required(
            ListOf(
                Table(
                    {
                        "name": required(TEXT),
                        "mark": required(TEXT),
                        "ids": Field(_EXPRESSIONS),
                        "named": Field(Table({"pattern": required(_EXPRESSION), "base": required(TEXT)})),
                        "once": Field(_GUESSES),
                        "pages": Field(_GUESSES),
                    }
                ),
                "a list of frameworks",
            )
        ),
        "probes": required(TEXTS),
    }
)


# --- walk, triggers, macros ------------------------------------------------------------------------------------------

_WALK: Final = Table({"build_output": required(_FOLDERS), "prune": required(_FOLDERS)})


def _is_bytes(value: Any) -> bool:
    return is_text(value) and max(value) <= "\xff"


_BYTES: Final = Value("a string without characters beyond U+00FF", _is_bytes)
_EXAMPLE: Final = Table({"text": required(_BYTES), "reads": Field(_BYTES), "reports": Field(_BYTES)})
TRIGGERS: Final = MapOf(
    Table(
        {
            "triggers": required(ListOf(TEXT, "a non-empty list of expressions")),
            "examples": required(ListOf(_EXAMPLE, "a non-empty list of {text: …, reads: …}")),
            "silent": required(ListOf(_BYTES, "a non-empty list of strings")),
        },
    ),
    "a mapping of decoder: triggers, examples and silent",
    key=Name("decoder", lambda names: names.decoders if names else None),
)
MACROS: Final = MapOf(
    TEXT,
    "a mapping of name: expression",
    key=Value("named in lower case with hyphens", lambda name: re.fullmatch(r"[a-z-]+", name) is not None),
)

_DATA_FILES: Final[Mapping[str, Type]] = {
    MACROS_FILE: MACROS,
    TRIGGERS_FILE: TRIGGERS,
    "walk.yaml": _WALK,
    "code/names.yaml": _NAMES,
    "code/assigned.yaml": _ASSIGNED,
    "code/sanity.yaml": _SANITY,
    "code/sanity-client-methods.yaml": _CLIENT_METHODS,
    "code/requests.yaml": _REQUESTS,
    "code/bundlers.yaml": _BUNDLERS,
    "code/servers.yaml": _SERVERS,
    "code/server-output.yaml": _SERVER_OUTPUT,
    "code/environment.yaml": _ENVIRONMENT,
    "code/env-values.yaml": _ENV_VALUES,
    "web/site.yaml": _SITE,
}
"""Path below the folder of the shipped rules -> what the file holds."""


def data_file_kind(path: str) -> Type | None:
    """Return what a shipped file must hold, by its path below the folder of the shipped rules; None for a rule file."""
    folder, _, name = path.rpartition("/")
    return FRAMEWORK if folder == FRAMEWORKS_FOLDER and name.endswith(".yaml") else _DATA_FILES.get(path)
