"""Caches verdicts: in memory during a run, and for a day in a file if one is given.

Entries are keyed by an HMAC of everything a verdict depends on. The HMAC key is random and stored in the file with the
verdicts, so that later runs can use them. The file never contains a secret. It is used only if no other user may read
or write it: a file from a cloned repository could otherwise claim that a live token is inactive.
"""

import contextlib
import hmac
import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from frontleak.core.errors import VerifyError
from frontleak.core.records import replace
from frontleak.core.secret import Secret
from frontleak.core.verdict import Status, Verdict
from frontleak.verify.interface import Hints

LIFETIME: Final = 24 * 60 * 60
"""Seconds for which a verdict in a file is valid."""
_FORMAT: Final = "frontleak-verdicts-1"
_LARGEST: Final = 16 * 1024 * 1024
_CONCLUSIVE: Final = frozenset({Status.ACTIVE, Status.ACTIVE_ELSEWHERE, Status.INACTIVE})
_ADVICE: Final = "use a path that does not exist yet, in a folder you own"


class VerdictCache:
    """Verdicts by verifier, secret and hints."""

    def __init__(self, file: Path | None = None, now: Callable[[], float] = time.time) -> None:
        """Load the file if one is given; otherwise start empty.

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
        """Return the cached verdict for a secret with these hints; None if there is none."""
        entry = self._entries.get(self._name(verifier, secret, hints))
        return entry[1] if entry else None

    def keep(self, verifier: str, secret: Secret, hints: Hints, verdict: Verdict) -> None:
        """Store a conclusive verdict; a secret with any other verdict is verified again next time."""
        if verdict.status in _CONCLUSIVE:
            self._entries[self._name(verifier, secret, hints)] = (self._now(), verdict)

    def save(self) -> None:
        """Write the file, if one was given, atomically and readable only by this user.

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
                temporary = new.name  # created with mode 0600
                new.write(text + "\n")
            Path(temporary).replace(self._file)
        except OSError as error:
            if temporary:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
            raise VerifyError(f"{self._file}: cannot be written: {error.strerror or error}", advice=_ADVICE) from error

    def _name(self, verifier: str, secret: Secret, hints: Hints) -> str:
        parts = [verifier.encode(), secret.reveal(), json.dumps(sorted(hints.items())).encode()]
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
            raise VerifyError(f"{file}: is not a verdict cache file", advice=_ADVICE)
        for name, entry in entries.items():
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                at = float(entry.pop("at"))
                if 0 <= self._now() - at < LIFETIME:
                    self._entries[name] = (at, _from_earlier_run(Verdict.from_plain(entry), at))


def _from_earlier_run(verdict: Verdict, at: float) -> Verdict:
    """Return a verdict of an earlier run, with its date in the evidence."""
    when = time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(at))
    earlier = (line for line in verdict.evidence if not line.startswith("established "))
    return replace(verdict, evidence=(*earlier, f"established {when}, read from the verdict cache"))


def _read(file: Path) -> bytes:
    """Read a regular file that only this user may open; links are not followed."""
    descriptor = os.open(
        file, sum(getattr(os, name, 0) for name in ("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    )
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise VerifyError(f"{file}: is not a regular file", advice=_ADVICE)
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
            reason = "belongs to another user, or other users may open it (its mode must be 0600)"
            raise VerifyError(f"{file}: {reason}; it may contain forged verdicts", advice=_ADVICE)
        with open(descriptor, "rb", closefd=False) as stream:
            return stream.read(_LARGEST)
    finally:
        os.close(descriptor)


def _check_folder(file: Path) -> None:
    if not file.parent.is_dir():
        raise VerifyError(f"{file}: the folder {file.parent} does not exist", advice="create the folder first")
    if not os.access(file.parent, os.W_OK):
        raise VerifyError(f"{file}: cannot be written: Permission denied", advice=_ADVICE)
