"""The key of a plan: what is done with it, and who has it.

A done-file holds no secret, but the digest of a password could be guessed back: anyone can digest a list of words. So
the identity of a value that could be guessed is encrypted in a done-file, with a key of the plan that neither plan nor
done-file holds. Those who run shards have it, and they read the files anyway; so has who merges. Without the key, a
done-file tells of such a value only what a report tells. The key also signs each done-file, so that nobody else can put
one in.
"""

import os
from hmac import compare_digest
from typing import Final

from frontleak.core.detection import Detection
from frontleak.core.digests import blake2b
from frontleak.core.errors import ConfigError
from frontleak.core.records import replace
from frontleak.core.secret import Secret

VARIABLE: Final = "FRONTLEAK_SHARD_KEY"
_SIZE: Final = 32
_SEALED: Final = "sealed:"
_DIGITS: Final = 32
"""Hexadecimal digits of an identity, and of a nonce."""


class ShardKey:
    """The key of a plan. It never prints."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """Keep 32 random bytes."""
        self._key = key

    @property
    def id(self) -> str:
        """16 hexadecimal digits by which a plan names its key; a random key cannot be found from them."""
        return blake2b(self._key, digest_size=8, person=b"frontleak/key-id").hexdigest()

    @property
    def text(self) -> str:
        """The key as 64 hexadecimal digits, for the environment of a process."""
        return self._key.hex()

    def signature(self, text: bytes) -> str:
        """Return 64 hexadecimal digits that nobody without the key can make for a text."""
        return blake2b(text, key=self._key, digest_size=32, person=b"frontleak/done").hexdigest()

    def has_signed(self, text: bytes, signature: str) -> bool:
        """Return whether a signature is that of a text."""
        return compare_digest(self.signature(text).encode(), signature.encode("utf-8", "replace"))

    def sealed(self, detection: Detection) -> Detection:
        """Return a detection that tells nothing of a value that could be guessed."""
        if detection.named is None:
            return detection
        secret = detection.secret
        hidden = None if secret is None else _with_digest(secret, self._encrypted(secret.digest))
        return replace(detection, identity=self._encrypted(detection.identity), secret=hidden)

    def opened(self, detection: Detection) -> Detection:
        """Return a detection as it was before `sealed`.

        Raises:
            ValueError: it is damaged.
        """
        if not detection.identity.startswith(_SEALED):
            return detection
        secret = detection.secret
        shown = None if secret is None else _with_digest(secret, self._decrypted(secret.digest))
        return replace(detection, identity=self._decrypted(detection.identity), secret=shown)

    def _encrypted(self, identity: str) -> str:
        nonce = os.urandom(_DIGITS // 2)
        return f"{_SEALED}{nonce.hex()}:{self._masked(bytes.fromhex(identity), nonce)}"

    def _decrypted(self, text: str) -> str:
        _, nonce, hidden = text.split(":")
        return self._masked(bytes.fromhex(hidden), bytes.fromhex(nonce))

    def _masked(self, identity: bytes, nonce: bytes) -> str:
        stream = blake2b(nonce, key=self._key, digest_size=len(identity), person=b"frontleak/mask").digest()
        return bytes(one ^ other for one, other in zip(identity, stream, strict=True)).hex()

    def __repr__(self) -> str:
        return f"ShardKey({self.id})"


def new_key() -> ShardKey:
    """Return a random key."""
    return ShardKey(os.urandom(_SIZE))


def read_key(file: str) -> ShardKey:
    """Return the key in the environment, or else in a file.

    Raises:
        ConfigError: there is none, or it is no key.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return _parsed(given, VARIABLE)
    try:
        with open(file, encoding="ascii") as stream:
            return _parsed(stream.read(200), file)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a key"
        raise ConfigError(
            f"{file}: the key of the plan cannot be read: {why}",
            advice=f"`frontleak shard plan` made it beside the plan; name it with --key, or put it into {VARIABLE}",
        ) from error


def create_key(file: str) -> ShardKey:
    """Make a key and write it to a new file that only its owner can read; of a file that exists, return the key.

    Raises:
        ConfigError: it cannot be written, or is no key.
    """
    if os.environ.get(VARIABLE) or os.path.exists(file):
        return read_key(file)
    key = new_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as stream:
            stream.write(f"{key.text}\n")
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}", advice="name another with --key") from error
    return key


def _parsed(text: str, where: str) -> ShardKey:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != _SIZE:
        raise ConfigError(f"{where}: is not the key of a plan", advice="it has 64 hexadecimal digits")
    return ShardKey(key)


def _with_digest(secret: Secret, digest: str) -> Secret:
    copy = Secret.__new__(Secret)
    copy.__setstate__((secret.redacted, digest))
    return copy
