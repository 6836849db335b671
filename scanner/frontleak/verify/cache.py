"""Remembers verdicts: while the program runs, and for a day in a file when one is named.

A verdict is found by an HMAC of everything it depends on. The key is random; in a file it stands beside the verdicts,
so that the same file works again. The secret itself is never in it. A file is used only when nobody else may read or
write it: one that came with somebody's repository could otherwise say that a live token is dead.
"""

import contextlib
import hmac
import json
import os
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from frontleak.core.errors import VerifyError
from frontleak.core.secret import Secret
from frontleak.core.verdict import Status, Verdict
from frontleak.verify.interface import Hints

LIFETIME: Final = 24 * 60 * 60
"""Seconds a verdict in a file counts."""
_FORMAT: Final = "frontleak-verdicts-1"
_LARGEST: Final = 16 * 1024 * 1024
_SETTLED: Final = frozenset({Status.ACTIVE, Status.ACTIVE_ELSEWHERE, Status.INACTIVE})
_ADVICE: Final = "name a file that does not exist yet, in a folder of your own"


class VerdictCache:
    """Verdicts by what was asked."""

    def __init__(self, file: Path | None = None, now: Callable[[], float] = time.time) -> None:
        """Start with what a file holds, or with nothing.

        Raises:
            VerifyError: the file cannot be used.
        """
        self._file = file
        self._now = now
        self._key = os.urandom(32)
        self._entries: dict[str, tuple[float, Verdict]] = {}
        if file is not None:
            self._load(file)

    def find(self, verifier: str, secret: Secret, hints: Hints) -> Verdict | None:
        """Return what is known about a secret asked about with these hints."""
        entry = self._entries.get(self._name(verifier, secret, hints))
        return entry[1] if entry else None

    def keep(self, verifier: str, secret: Secret, hints: Hints, verdict: Verdict) -> None:
        """Remember a verdict; one that settles nothing is asked for again the next time."""
        if verdict.status in _SETTLED:
            self._entries[self._name(verifier, secret, hints)] = (self._now(), verdict)

    def save(self) -> None:
        """Write the file, if there is one, in one step and for this user alone.

        Raises:
            VerifyError: it cannot be written.
        """
        if self._file is None:
            return
        entries = {name: {"at": int(at), **verdict.to_plain()} for name, (at, verdict) in sorted(self._entries.items())}
        text = json.dumps({"format": _FORMAT, "key": self._key.hex(), "verdicts": entries}, indent=1)
        temporary = ""
        try:
            with NamedTemporaryFile("w", dir=self._file.parent, encoding="utf-8", delete=False) as new:
                temporary = new.name  # made with mode 0600
                new.write(text + "\n")
            Path(temporary).replace(self._file)
        except OSError as error:
            if temporary:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
            raise VerifyError(f"{self._file}: cannot be written: {error.strerror or error}", advice=_ADVICE) from error

    def _name(self, verifier: str, secret: Secret, hints: Hints) -> str:
        parts = [verifier.encode(), secret.reveal(), json.dumps([hints.projects, hints.datasets]).encode()]
        message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self._key, message, "sha256").hex()

    def _load(self, file: Path) -> None:
        try:
            data = _read(file)
        except FileNotFoundError:
            _check_folder(file)
            return
        except OSError as error:
            raise VerifyError(f"{file}: cannot be read: {error.strerror or error}", advice=_ADVICE) from error
        try:
            plain = json.loads(data)
            self._key = bytes.fromhex(plain["key"])
            sound = plain["format"] == _FORMAT and len(self._key) == 32
            entries: dict[str, Any] = dict(plain["verdicts"])
        except (ValueError, TypeError, KeyError, RecursionError):
            sound, entries = False, {}
        if not sound:
            raise VerifyError(f"{file}: is not a file of verdicts", advice=_ADVICE)
        for name, entry in entries.items():
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                at = float(entry["at"])
                if 0 <= self._now() - at < LIFETIME:
                    self._entries[name] = (at, _remembered(Verdict.from_plain(entry), at))


def _remembered(verdict: Verdict, at: float) -> Verdict:
    """Return a verdict of an earlier run, which says so."""
    when = time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(at))
    earlier = (line for line in verdict.evidence if not line.startswith("established "))
    return replace(verdict, evidence=(*earlier, f"established {when}, and kept in the file of verdicts"))


def _read(file: Path) -> bytes:
    """Read a regular file of this user that nobody else may open; links are not followed."""
    descriptor = os.open(
        file, sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    )
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise VerifyError(f"{file}: is not a regular file", advice=_ADVICE)
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
            reason = "belongs to somebody else, or others may open it (its mode must be 0600)"
            raise VerifyError(f"{file}: {reason}; such a file may hold verdicts that somebody made up", advice=_ADVICE)
        with open(descriptor, "rb", closefd=False) as stream:
            return stream.read(_LARGEST)
    finally:
        os.close(descriptor)


def _check_folder(file: Path) -> None:
    if not file.parent.is_dir():
        raise VerifyError(f"{file}: there is no folder {file.parent}", advice="make the folder first")
    if not os.access(file.parent, os.W_OK):
        raise VerifyError(f"{file}: cannot be written: Permission denied", advice=_ADVICE)
