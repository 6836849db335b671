"""YAML documents with the line of every key, so that each mistake can be reported where it is."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from frontleak.core.records import dataclass
from frontleak.rules.yaml_nesting import MOST_NESTED, too_deep

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader is twelve times faster
_MERGE: Final = "tag:yaml.org,2002:merge"
_TAGS: Final[dict[type[yaml.Node], str]] = {
    yaml.MappingNode: "tag:yaml.org,2002:map",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
}
_MOST_VALUES: Final = 500_000
"""Limit for the values of a document: aliases of lists of aliases grow exponentially."""

Path = tuple[str | int, ...]
"""Keys and list indexes that lead to a value; empty for the whole document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a YAML file."""

    file: str
    """Path for messages."""
    value: Any
    """Mappings, lists and single values, unconverted."""
    lines: Mapping[Path, int]
    """Path of a key or list item -> 1-based line; the empty path has the line of the first key."""
    shipped: bool = False
    """Whether the file comes with the tool."""

    def line(self, path: Path = ()) -> int:
        """Return the 1-based line of the key at a path, or of the nearest key around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, *path: str | int) -> str:
        """Return `file:line` of the key at a path, for messages."""
        return f"{self.file}:{self.line(path)}"


def label(path: Path) -> str:
    """Return the name of a key for messages, such as `code.server`; list indexes are left out."""
    return ".".join(part for part in path if isinstance(part, str))


def read_documents(
    text: str, file: str, *, several: bool = True, shipped: bool = False
) -> tuple[list[Document], list[str]]:
    """Parse a YAML text.

    Args:
        text: of the file.
        file: its path for messages.
        several: whether it may contain more than one document.
        shipped: whether the file comes with the tool.

    Returns:
        Its documents, without empty and broken ones, and its mistakes as `file:line: message`.
    """
    documents: list[Document] = []
    mistakes: list[str] = []
    if line := too_deep(text):
        return [], [f"{file}:{line}: not valid YAML: nested too deeply"]
    try:
        loader: Any = _Loader(text)
        while loader.check_node():
            node: yaml.Node = loader.get_node()
            if documents and not several:
                line = node.start_mark.line  # that of its `---`
                return [], [f"{file}:{line}: not valid YAML: expected a single document"]
            reader = _Reader(loader)
            try:
                value = reader.value(node, ())
            except _BrokenError as error:
                mistakes.append(f"{file}:{error.line}: not valid YAML: {error}")
                continue
            mistakes += (f"{file}:{line}: duplicate field {name!r}" for line, name in reader.duplicates)
            if value is not None:
                documents.append(Document(file=file, value=value, lines=reader.lines, shipped=shipped))
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        mistakes.append(f"{file}:{_line_of(error, text)}: not valid YAML: {problem}")
    return documents, mistakes


class _BrokenError(ValueError):
    """A document is unusable because of a line (1-based)."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


class _Reader:
    """Reads one document: values, lines, duplicate keys."""

    def __init__(self, loader: Any) -> None:
        self.lines: dict[Path, int] = {}
        self.duplicates: list[tuple[int, str]] = []
        self._loader = loader
        self._left = _MOST_VALUES

    def value(self, node: yaml.Node, path: Path) -> Any:
        """Return the value of a node at a path.

        Raises:
            _BrokenError: it is nested too deeply or too large, or a scalar or key is not valid.
        """
        line = node.start_mark.line + 1
        self._left -= 1
        if self._left < 0:
            raise _BrokenError(line, "too many values")
        if len(path) > MOST_NESTED:  # also an alias of a list inside itself
            raise _BrokenError(line, "nested too deeply")
        self.lines.setdefault(path, line)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node.tag != _TAGS[type(node)]:
            raise _BrokenError(line, f"unsupported tag {node.tag}")
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = self._key(key_node), key_node.start_mark.line + 1
            inner = (*path, key)
            if key in found:
                self.duplicates.append((line, label(inner)))
            self.lines[inner] = line
            found[key] = self.value(value_node, inner)
        return found

    def _key(self, node: yaml.Node) -> str:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.ScalarNode):
            raise _BrokenError(line, "a field name must be a single value")
        if node.tag == _MERGE:
            raise _BrokenError(line, "merge keys (<<) are not supported")
        return str(node.value)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return self._loader.construct_object(node)
        except ValueError as error:  # such as a date that does not exist
            raise _BrokenError(node.start_mark.line + 1, str(error)) from error


def _line_of(error: yaml.YAMLError, text: str) -> int:
    """Return the 1-based line of a mistake."""
    if mark := getattr(error, "problem_mark", None):
        return int(mark.line) + 1
    position = getattr(error, "position", 0)  # of a character that YAML does not allow
    return text.count("\n", 0, position) + 1
