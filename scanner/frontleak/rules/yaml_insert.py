"""Finds where a value belongs in a YAML file, and writes it in the style of its place: comments and order stay.

Nothing else of the file changes; `is_expected` proves it by comparing the values before and after.
"""

import copy
import re
from typing import Any, Final, NamedTuple

import yaml

from frontleak.rules.yaml_edit import last_line
from frontleak.rules.yaml_nesting import too_deep

_STEP: Final = 2
"""Columns by which a new level is indented."""
_MOST_VALUES: Final = 100_000
"""Limit for the values of a file with its aliases expanded: aliases of lists of aliases grow exponentially."""


_OTHER_BREAK: Final = re.compile(r"\r(?!\n)|[\x85\u2028\u2029]")
"""Ends of lines for YAML, but for few other programs."""


class Insertion(NamedTuple):
    """Lines to insert into a YAML file."""

    at: int
    """0-based number of the line before which they belong."""
    indent: str
    """What each of them begins with."""
    lines: list[str]
    """Without their ends."""


class _Loader(yaml.SafeLoader):
    """Reads tags of other programs, such as `!reference`, as (tag, value)."""


def _tagged(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return tag, loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return tag, loader.construct_sequence(node, deep=True)
    return tag, node.value


_Loader.add_multi_constructor("!", _tagged)


class _Dumper(yaml.SafeDumper):
    """Writes items of a list further inside than their key, and lists of single values in one line, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless and flow)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    flow = not any(isinstance(each, dict | list) for each in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)


_Dumper.add_representer(list, _list)


def problem_in_yaml(text: str) -> tuple[int, str] | None:
    """Return the 1-based line of the mistake in a YAML text, and the mistake; None if it is one valid document."""
    if line := too_deep(text):
        return line, "nested too deeply"
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None and _size(root, {}) > _MOST_VALUES:
            return 1, "too many values"
        read_yaml(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        return (mark.line + 1 if mark else 1), str(problem)
    except (RecursionError, ValueError) as error:
        return 1, "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return None


def read_yaml(text: str) -> Any:
    """Return the value of a text in which `problem_in_yaml` finds nothing."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe one


def insertion(text: str, path: tuple[str, ...], value: Any) -> Insertion | None:
    """Return the lines that put a value at the end of a mapping or list of a valid YAML text.

    Args:
        text: of the file.
        path: keys that lead to the place; missing ones are created.
        value: a mapping, whose keys are added to the mapping there, or a list, whose items are added to the list there.

    Returns:
        None if the file is written in a way that cannot be extended, such as `key: [a, b]`.
    """
    if _OTHER_BREAK.search(text):
        return None
    count = text.count("\n") + (text[-1:] not in {"", "\n"})
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    place = (count, "", 0) if root is None else _place(root, path, count, is_list=isinstance(value, list))
    if place is None:
        return None
    at, indent, depth = place
    for key in reversed(path[depth:]):
        value = {key: value}
    return Insertion(at, indent, _dumped(value))


def _place(node: yaml.Node, path: tuple[str, ...], count: int, *, is_list: bool) -> tuple[int, str, int] | None:
    """Return the 0-based line before which a value belongs, its indentation, and how many keys of its path exist.

    Args:
        node: the root of the file.
        path: of the mapping or list that gets the value.
        count: number of lines of the file, where a new key of the root goes.
        is_list: whether the value goes to a list.
    """
    indent, line = "", 0
    for depth, key in enumerate((*path, None)):
        is_missing = depth and isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null") and not node.value
        if is_missing:  # `key:` without a value
            return line + 1, indent + " " * _STEP, depth
        wanted = yaml.SequenceNode if key is None and is_list else yaml.MappingNode
        if not isinstance(node, wanted) or node.flow_style or not node.value:
            break
        indent = " " * node.start_mark.column
        found = next((pair for pair in node.value if pair[0].value == key), None) if key is not None else None
        if found is None:
            is_inner = indent or isinstance(node, yaml.SequenceNode)
            return last_line(node) + 1 if is_inner else count, indent, depth
        line, node = found[0].end_mark.line, found[1]
    return None


def is_expected(before: str, after: str, path: tuple[str, ...], value: Any) -> bool:
    """Return whether a text has the value at its place, and everything else as before."""
    if problem_in_yaml(after):
        return False
    old = copy.deepcopy(read_yaml(before))
    return bool(read_yaml(after) == _merged(old, path, value))


def _merged(old: Any, path: tuple[str, ...], value: Any) -> Any:
    if path:
        old = dict(old or {})
        old[path[0]] = _merged(old.get(path[0]), path[1:], value)
        return old
    return [*(old or []), *value] if isinstance(value, list) else {**(old or {}), **value}


def _dumped(value: Any) -> list[str]:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000).splitlines()


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Return the number of values below a node with aliases expanded; more than the limit for one inside itself."""
    if id(node) not in known:
        known[id(node)] = _MOST_VALUES + 1  # what an alias of a node inside itself sees
        children: Any = ()
        if isinstance(node, yaml.MappingNode):
            children = (child for pair in node.value for child in pair)
        elif isinstance(node, yaml.SequenceNode):
            children = node.value
        known[id(node)] = 1 + sum(_size(child, known) for child in children)
    return known[id(node)]
