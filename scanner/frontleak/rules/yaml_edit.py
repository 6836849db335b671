"""Adds an entry to a list of a YAML file without touching another byte of it: comments, order and indentation stay."""

import json
from collections.abc import Mapping
from typing import Final

import yaml

_INDENT: Final = "  "


def append_entry(text: str, key: str, entry: Mapping[str, str]) -> str | None:
    """Return the text with an entry appended to the list of a key, which is added at the end if it is missing.

    Args:
        text: of a YAML file with one mapping, or an empty one.
        key: of the list, at the top level.
        entry: field -> value; the values are quoted.

    Returns:
        The new text; None when the file is written in a way that cannot be extended, such as `key: [a, b]`.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        before = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    if root is None:
        made = f"{_ended(text, end)}{key}:{end}{_lines(entry, _INDENT, end)}"
    elif not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    else:
        extended = _extended(text, root, key, entry, end)
        if extended is None:
            return None
        made = extended
    expected = {**(before or {}), key: [*((before or {}).get(key) or []), dict(entry)]}
    try:
        return made if yaml.safe_load(made) == expected else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _extended(text: str, root: yaml.MappingNode, key: str, entry: Mapping[str, str], end: str) -> str | None:
    found = next(((name, value) for name, value in root.value if name.value == key), None)
    if found is None:
        return f"{_ended(text, end)}{key}:{end}{_lines(entry, _INDENT, end)}"
    name, value = found
    if isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
        indent = " " * value.start_mark.column
        return _inserted(text, last_line(value), _lines(entry, indent, end), end)
    is_empty = not value.value  # `key:` or `key: []`
    if not is_empty or (name.start_mark.line != value.end_mark.line and isinstance(value, yaml.SequenceNode)):
        return None
    if isinstance(value, yaml.SequenceNode):
        text = f"{text[: value.start_mark.index].rstrip()}{text[value.end_mark.index :]}"
    return _inserted(text, name.end_mark.line, _lines(entry, _INDENT, end), end)


def last_line(node: yaml.Node) -> int:
    """Return the 0-based line of the last text in a node; its own end lies behind the comments that follow it."""
    if isinstance(node, yaml.ScalarNode):
        line: int = node.end_mark.line
        return line - 1 if node.style in {"|", ">"} and node.end_mark.column == 0 else line
    if getattr(node, "flow_style", False) or not node.value:
        flow_end: int = node.end_mark.line
        return flow_end
    children = [child for pair in node.value for child in pair] if isinstance(node, yaml.MappingNode) else node.value
    return max(last_line(child) for child in children)


def _inserted(text: str, line: int, added: str, end: str) -> str:
    """Insert whole lines after a 0-based line."""
    lines = text.splitlines(keepends=True)
    lines[line] = _ended(lines[line], end)
    return "".join([*lines[: line + 1], added, *lines[line + 1 :]])


def _ended(text: str, end: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}{end}"


def _lines(entry: Mapping[str, str], indent: str, end: str) -> str:
    rows = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()]
    return "".join(f"{indent}{'- ' if number == 0 else '  '}{row}{end}" for number, row in enumerate(rows))
