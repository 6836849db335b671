"""List the methods of @sanity/client from its type declarations, and which of them write.

    npm pack @sanity/client@VERSION && tar xzf sanity-client-VERSION.tgz
    python -m bench.client_methods package

The list in `rules/code/sanity-client-methods.yaml` is written anew. Judgements in it are kept, and methods that the
package no longer has stay, because projects use older releases. Methods that nobody has judged are listed under
`unjudged`, and the command fails until each is moved to `writes` or `reads`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from frontleak.js.parse import Grammar, parse_source

if TYPE_CHECKING:
    from tree_sitter import Node

FILE: Final = Path(__file__).parents[1] / "rules" / "code" / "sanity-client-methods.yaml"
CLIENT: Final = "SanityClient"
ITSELF: Final = "."
"""The client, among its members."""
SAME: Final = frozenset({"observable"})
"""Members with the methods of the client itself."""
_HEAD: Final = """\
# Methods of the client, from the type declarations of @sanity/client {version}, and of its members, such as
# `agent.action`; `.` is the client itself. Written by `python -m bench.client_methods`; only the judgement, `writes` or
# `reads`, is made by hand.
# A method that starts work on the server or needs a token in any case counts as one that writes.
"""


def methods(declarations: bytes) -> dict[str, list[str]]:
    """Return the methods of the client and of its members, by the path of the member.

    Raises:
        ValueError: the declarations have no class of the client.
    """
    root = parse_source(declarations, Grammar.TYPESCRIPT)
    classes = dict(_classes(declarations, root)) if root is not None else {}
    if CLIENT not in classes:
        raise ValueError(f"no class {CLIENT} in the declarations")
    found: dict[str, list[str]] = {}
    pending = [(ITSELF, classes[CLIENT])]
    while pending:
        path, body = pending.pop(0)
        for member in body.named_children:
            key = member.child_by_field_name("name")
            name = _text(declarations, key)
            inner = name if path == ITSELF else f"{path}.{name}"
            if member.type in {"method_signature", "method_definition"} and name != "constructor":
                found.setdefault(path, []).append(name)
            elif member.type in {"public_field_definition", "property_signature"} and name not in SAME:
                held = _body(declarations, member, classes)
                if held is not None:
                    pending.append((inner, held))
    return {path: sorted(set(names)) for path, names in sorted(found.items())}


def _classes(text: bytes, root: Node) -> Iterator[tuple[str, Node]]:
    for statement in root.named_children:
        for node in (statement, *statement.named_children):
            body = node.child_by_field_name("body")
            if node.type in {"class_declaration", "abstract_class_declaration"} and body is not None:
                # a bundler appends a number to a name that stands twice
                yield _text(text, node.child_by_field_name("name")).partition("$")[0], body


def _body(text: bytes, member: Node, classes: Mapping[str, Node]) -> Node | None:
    """Return the members of the class or object type of a field."""
    annotation = member.child_by_field_name("type")
    kind = annotation.named_children[0] if annotation is not None and annotation.named_children else None
    if kind is None or kind.type == "object_type":
        return kind
    return classes.get(_text(text, kind).partition("$")[0])


def _text(text: bytes, node: Node | None) -> str:
    return text[node.start_byte : node.end_byte].decode() if node is not None else ""


def judged(
    found: Mapping[str, list[str]], known: Mapping[str, Mapping[str, list[str]]]
) -> dict[str, dict[str, list[str]]]:
    """Return the methods by judgement: those of a file, with the methods that are new under `unjudged`."""
    kept = {kind: {path: sorted(names) for path, names in known.get(kind, {}).items()} for kind in ("writes", "reads")}
    new = {
        path: left
        for path, names in found.items()
        if (left := [name for name in names if not any(name in kept[kind].get(path, ()) for kind in kept)])
    }
    return {**kept, **({"unjudged": new} if new else {})}


def written(version: str, kinds: Mapping[str, Mapping[str, list[str]]]) -> str:
    """Return the text of the file."""
    text = _HEAD.format(version=version) + f'version: "{version}"\n'
    for kind, members in kinds.items():
        if not members:
            continue
        text += f"{kind}:\n" + "".join(
            f"  {json.dumps(path) if path == ITSELF else path}: [{', '.join(names)}]\n"
            for path, names in sorted(members.items())
        )
    return text


def main(arguments: list[str]) -> int:
    """Write the list from an unpacked package; return 1 while methods are not judged, 2 for a wrong command line."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    package = Path(arguments[0])
    try:
        version = json.loads((package / "package.json").read_text("utf-8"))["version"]
        found = methods((package / "dist" / "index.node.d.ts").read_bytes())
    except (OSError, ValueError, KeyError) as error:
        print(f"{package}: {error}; name the folder of an unpacked @sanity/client", file=sys.stderr)
        return 2
    kinds = judged(found, yaml.safe_load(FILE.read_text("utf-8")) if FILE.exists() else {})
    FILE.write_text(written(version, kinds), "utf-8", newline="\n")
    for path, names in kinds.get("unjudged", {}).items():
        print(f"{FILE.name}: unjudged: {path}: {', '.join(names)}", file=sys.stderr)
    return 1 if "unjudged" in kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
