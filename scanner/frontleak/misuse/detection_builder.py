"""Builds findings from misuses: place, import path, content of the client bundle, and fix."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from frontleak.core.detection import Detection, Variable
from frontleak.core.elide import ELLIPSIS, Syntax, elide_line, syntax_of
from frontleak.core.finding import Hop, Place
from frontleak.core.line_index import LineIndex
from frontleak.core.origins import FileOrigin
from frontleak.core.secret import identity_of, printable
from frontleak.core.shown_names import shown_name
from frontleak.core.vocabulary import Confidence, Exposure, Severity
from frontleak.js.embedded_scripts import embedded_scripts
from frontleak.misuse.check import Identity
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.misuse.registry import check_named
from frontleak.misuse.variable_names import Power, is_sanity, public_prefix
from frontleak.modulegraph.reachability import ImportPath
from frontleak.rules.misuse_rule import MisuseRule

_WIDTH: Final = 100
_REACH: Final = 400
"""Bytes of a line that are read on either side of an offset."""


class DetectionBuilder:
    """Builds the detections of one project."""

    def __init__(
        self, project: AnalysedProject, shown: Callable[[str], str], from_top: Callable[[str], str] | None = None
    ) -> None:
        """Keep the project.

        Args:
            project: in which the misuses are.
            shown: absolute path -> path in reports.
            from_top: absolute path -> path from the top of the project, for identities; None for that in reports.
        """
        self._project = project
        self._shown = shown
        self._from_top = from_top or shown
        self._lines: dict[str, tuple[bytes, LineIndex]] = {}
        self._positions: dict[tuple[str, int], tuple[int, int]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def detection(self, rule: MisuseRule, misuse: Misuse) -> Detection:
        """Return the detection of a rule for a misuse."""
        data, _ = self._file(misuse.path)
        line, column = self._place(misuse.path, misuse.start)
        end_line, end_column = self._place(misuse.path, misuse.end)
        origin = FileOrigin(path=self._shown(misuse.path))
        place = Place(
            origin=origin,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            offset=misuse.start,
            length=misuse.end - misuse.start,
            exposure=Exposure.SOURCE,
            role=misuse.role,
        )
        return Detection(
            rule_id=rule.id,
            identity=self._identity(rule, misuse),
            place=place,
            severity=_severity(rule, misuse),
            confidence=rule.confidence if misuse.certain else _lower(rule.confidence),
            snippet=_line(misuse.path, data, misuse.start),
            context={"name": tuple(shown_name(printable(name)) for name in misuse.names)} if misuse.names else {},
            variable=self._variable(rule, misuse),
            advice=self._advice(rule, misuse),
            import_path=tuple(self.hops(misuse.import_path, misuse.path, misuse.start)),
            shipped=shown_name(misuse.shipped),
        )

    def _advice(self, rule: MisuseRule, misuse: Misuse) -> str:
        """Return what the fix says besides that of the rule: for the framework, and for a secret of Sanity."""
        told = [self._project.fix()] if check_named(rule.check).belongs_on_server else []
        variables = self._project.sanity_variables
        if not misuse.names or any(is_sanity(name) or name in variables for name in misuse.names):
            told.append(rule.fix_with_sanity)
        return " ".join(filter(None, told))

    def _variable(self, rule: MisuseRule, misuse: Misuse) -> Variable | None:
        """Return the variable that is misused, if it is one."""
        if len(misuse.variables) != 1:
            return None
        (name,) = misuse.variables
        declared = check_named(rule.check).identity is Identity.VARIABLE
        return Variable(name, self._project.folder, declared or bool(public_prefix(name, self._project.framework_ids)))

    def _identity(self, rule: MisuseRule, misuse: Misuse) -> str:
        """Return the identity of a detection, which its fingerprint hashes.

        It has paths from the top of the project, so it does not depend on where the tree and the working directory are.
        """
        identity = check_named(rule.check).identity
        path = self._project.folder if identity is Identity.VARIABLE else misuse.path
        parts = [self._from_top(path), ",".join(misuse.names)]
        if identity is Identity.PLACE:
            self._counts[rule.id, "\0".join(parts)] += 1
            parts.append(str(self._counts[rule.id, "\0".join(parts)]))
        return identity_of("\0".join(parts).encode("utf-8", "surrogateescape"))

    def hops(self, import_path: ImportPath | None, to: str, start: int) -> Iterator[Hop]:
        """Yield the hops of an import path; the last one, if it is in the file `to`, at the byte offset `start`."""
        for hop in import_path.hops if import_path else ():
            path = hop.node.path
            last = import_path is not None and hop is import_path.hops[-1]
            offset = start if last and path == to else hop.offset
            data, _ = self._file(path)
            line, column = self._place(path, offset) if offset < len(data) else (1, 1)
            text = _line(path, data, offset) if offset else ""
            yield Hop(
                origin=FileOrigin(path=self._shown(path)), line=line, column=column, why=shown_name(hop.why), text=text
            )

    def _place(self, path: str, offset: int) -> tuple[int, int]:
        """Return line and column, cached: the line index counts on from the previous offset, so going back is slow."""
        position = self._positions.get((path, offset))
        if position is None:
            position = self._positions[path, offset] = self._file(path)[1].position(offset)
        return position

    def _file(self, path: str) -> tuple[bytes, LineIndex]:
        if path not in self._lines:
            data = self._project.read(path) or b""
            self._lines[path] = (data, LineIndex(data))
        return self._lines[path]


def _severity(rule: MisuseRule, misuse: Misuse) -> Severity:
    if misuse.severity is not None:
        return misuse.severity
    match misuse.power:
        case Power.WRITE:
            return rule.when_writing
        case Power.READ:
            return rule.when_reading
        case Power.UNKNOWN:
            return rule.severity


def _lower(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW


def _line(path: str, data: bytes, offset: int) -> str:
    """Return the line at an offset for reports: code without values, with its length capped."""
    start = data.rfind(b"\n", max(0, offset - _REACH), offset) + 1
    is_cut = not start and offset > _REACH
    start = offset if is_cut else start
    end = data.find(b"\n", offset, offset + _REACH)
    line = data[start : end if end >= 0 else offset + _REACH].decode("utf-8", "replace").replace("\t", " ").strip()
    is_cut_after = end < 0 and offset + _REACH < len(data)
    text = printable(elide_line(line, _syntax(path, data, offset), is_cut_after=is_cut_after))
    text = f"{ELLIPSIS}{text}" if is_cut else text
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}{ELLIPSIS}"


def _syntax(path: str, data: bytes, offset: int) -> Syntax:
    """Return the syntax at an offset: scripts embedded in markup are code."""
    syntax = syntax_of(path)
    if syntax is not Syntax.MARKUP:
        return syntax
    scripts = embedded_scripts(path, data)  # all but the scripts is blanked
    is_script = any(script.text[offset : offset + 1].strip() for script in scripts)
    return Syntax.CODE if is_script else syntax
