"""Opens compressed files and archives under caps: one blob per member, one member in memory at a time."""

from collections.abc import Iterator
from io import BytesIO

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, Level
from frontleak.core.origins import FileOrigin, MemberOrigin, StdinOrigin
from frontleak.core.vocabulary import Exposure
from frontleak.files.archives.containers import BROTLI_ENDING, MAGIC_NUMBERS, members, recognise, shown_name
from frontleak.files.archives.limits import Cut, RunCut, UnpackBudget, UnpackError, UnpackLimits
from frontleak.files.archives.magic_numbers import holds_packed_text
from frontleak.files.archives.twins import twin_of
from frontleak.files.read import to_blob

__all__ = ["UnpackLimits", "expand", "twin_of"]


def expand(blob: Blob, limits: UnpackLimits) -> Iterator[Blob | Diagnostic]:
    """Yield the members of a compressed file, archive or image, and diagnostics for unreadable ones; else nothing.

    A member that is itself a container is yielded raw, followed by its own members. Diagnostics come at the end, one
    per reason, with the first member it applies to. The blobs have the container's exposure.
    """
    data = blob.data
    if (
        data[:2] not in MAGIC_NUMBERS
        and not data.startswith(b"ustar", 257)
        and not blob.origin.path.endswith(BROTLI_ENDING)
        and not holds_packed_text(data)
    ):
        return iter(())
    return _Expansion(blob, limits).run()


class _Expansion:
    """Unpacks one file and everything nested in it."""

    def __init__(self, blob: Blob, limits: UnpackLimits) -> None:
        origin = blob.origin
        self._container: FileOrigin | StdinOrigin = origin.container if isinstance(origin, MemberOrigin) else origin
        self._top = origin.member if isinstance(origin, MemberOrigin) else ""
        self._data = blob.data
        self._exposure: Exposure = blob.exposure
        self._limits = limits
        self._budget = UnpackBudget(limits, len(blob.data))
        self._problems: dict[tuple[str, Level], tuple[str, int]] = {}

    def run(self) -> Iterator[Blob | Diagnostic]:
        data, self._data = self._data, b""
        try:
            yield from self._open(data, self._top or self._container.path, self._top, 1)
        except RunCut:
            pass  # the run's budget tells of it
        except Cut as cut:
            self._record(self._top, str(cut), Level.NOTE)
        for (message, level), (member, count) in self._problems.items():
            more = f" (applies to {count:,} members)" if count > 1 else ""
            origin = MemberOrigin(container=self._container, member=member) if member else self._container
            yield Diagnostic(level=level, code=Code.ARCHIVE, origin=origin, message=message + more)

    def _open(self, data: bytes, name: str, shown: str, level: int) -> Iterator[Blob]:
        """Yield the blobs in a container; `name` helps to recognise its format, `shown` prefixes its members' names."""
        what = recognise(data, name)
        if what is None:
            return
        if level > self._limits.depth:
            message = f"is nested more than {self._limits.depth} archives deep; only its raw bytes were scanned"
            self._record(shown, message, Level.NOTE)
            return
        try:
            for member in members(data, what, self._budget, outermost=level == 1):
                inner = shown_name(shown, member.name)
                yield from self._member(member.content, member.name or name.rpartition(".")[0], inner, level)
        except UnpackError as error:
            self._record(shown, str(error), error.level)

    def _member(self, content: Iterator[bytes], name: str, shown: str, level: int) -> Iterator[Blob]:
        data, trouble = gather(content, self._limits.member_bytes)
        if data:
            yield to_blob(MemberOrigin(container=self._container, member=shown), data, self._exposure)
            if not isinstance(trouble, Cut):
                yield from self._open(data, name, shown, level + 1)
        if isinstance(trouble, Cut):
            try:
                raise trouble
            finally:
                del trouble  # it refers to this frame, which refers to it: a cycle that would keep the data in memory
        if trouble:
            self._record(shown, str(trouble), trouble.level)

    def _record(self, member: str, message: str, level: Level) -> None:
        first, count = self._problems.get((message, level), (member, 0))
        self._problems[message, level] = (first, count + 1)


def gather(content: Iterator[bytes], most: int) -> tuple[bytes, UnpackError | Cut | None]:
    """Join the parts of a member, at most so many bytes; also return the exception that cut it short, if any.

    For a larger one that is an `UnpackError` of the level `note`.
    """
    buffer = BytesIO()  # `getvalue` does not copy
    try:
        for part in content:
            room = most - buffer.tell()
            if len(part) > room:
                buffer.write(part[:room])
                message = f"is larger than {most:,} bytes; the rest was not read"
                return buffer.getvalue(), UnpackError(message, Level.NOTE)
            buffer.write(part)
    except (UnpackError, Cut) as trouble:
        return buffer.getvalue(), trouble.with_traceback(None)  # its frames hold the data
    return buffer.getvalue(), None
