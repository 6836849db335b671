"""A store that the command line names: what is read of it, and what of its address may be shown."""

import re
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from frontleak.core.errors import ConfigError
from frontleak.core.records import dataclass
from frontleak.core.url_origin import whole_text


class StoreError(Exception):
    """A store does not give what was asked for: the end of a sentence, without anything that the store said."""


class StoreMissingError(StoreError):
    """There is nothing at an address."""


class StoreNoListingError(StoreError):
    """A page of a web server does not list files; the text is the end of a sentence about the page."""


_ADDRESS: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:([^/@?#]*)@)?([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)


class Scheme(NamedTuple):
    """A kind of store."""

    protocol: str
    """What fsspec calls it."""
    package: str
    """What has to be installed besides fsspec; empty for nothing."""
    to_list: str = ""
    """The permission that listing needs; empty if there is none with a name."""
    to_read: str = ""
    """The permission that reading an object needs."""
    sign_in: str = ""
    """How it is told who asks."""


_S3: Final = Scheme(
    "s3", "s3fs", "s3:ListBucket", "s3:GetObject", "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_GS: Final = Scheme(
    "gs",
    "gcsfs",
    "storage.objects.list",
    "storage.objects.get",
    "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS",
)
_AZ: Final = Scheme(
    "az",
    "adlfs",
    "the role Storage Blob Data Reader",
    "the role Storage Blob Data Reader",
    "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_STORAGE_CONNECTION_STRING",
)
_HTTP: Final = Scheme("http", "aiohttp", sign_in="put the user and the password into the address, or into ~/.netrc")
SCHEMES: Final = {
    "s3": _S3,
    "gs": _GS,
    "gcs": _GS,
    "az": _AZ,
    "abfs": _AZ,
    "abfss": _AZ,
    "http": _HTTP,
    "https": _HTTP,
    "memory": Scheme("memory", ""),
}
"""By the beginning of an address."""


@dataclass(frozen=True, slots=True)
class Store:
    """A folder or an object of a store. Its text is its address without what may be secret in it."""

    scheme: str
    """In lower case."""
    place: str
    """What follows `scheme://`, without user, query and fragment."""
    user: str = ""
    """User or key id of the address; empty if it has none."""
    password: str = ""
    query: str = ""
    """With its question mark: the signature of a signed address. It goes with the object that is named, no other."""

    @property
    def address(self) -> str:
        """The address without what may be secret in it."""
        return f"{self.scheme}://{self.place}"

    @property
    def kind(self) -> Scheme:
        """The kind of store."""
        return SCHEMES[self.scheme]

    @property
    def is_web(self) -> bool:
        """Whether it is a web server, which lists nothing but pages."""
        return self.kind is _HTTP

    @property
    def is_shared(self) -> bool:
        """Whether other processes see the same objects: not those in the memory of this one."""
        return self.scheme != "memory"

    def __repr__(self) -> str:
        return self.address

    __str__ = __repr__


def store_of(address: str) -> Store:
    """Return the store that an address names.

    Raises:
        ConfigError: it is not an address that can be read; the message has nothing of it that may be secret.
    """
    match = _ADDRESS.fullmatch(whole_text(address))
    scheme = match[1].lower() if match else ""
    if match is None or scheme not in SCHEMES:
        shown = f"{scheme}://" if scheme else "an address"
        advice = "name a folder or file on disk without `file://`" if scheme in {"file", "local"} else _READ
        raise ConfigError(f"{shown}: not a store that frontleak reads", advice=advice)
    place = match[3]
    user, colon, password = (match[2] or "").partition(":")
    if scheme in {"abfs", "abfss", "az"} and user and not colon:  # container@account.dfs.core.windows.net
        place, user = f"{user}@{place}", ""
    if scheme != "memory" and not place.strip("/"):
        raise ConfigError(f"{scheme}://: has no {'host' if scheme.startswith('http') else 'bucket'}", advice=_READ)
    try:
        urlsplit(f"{scheme}://{place}").port  # noqa: B018 - looks at it
    except ValueError:
        raise ConfigError(f"{scheme}://: not a valid host or port after it", advice=_READ) from None
    return Store(scheme, place, unquote(user), unquote(password), match[4] or "")


_READ: Final = (
    "use an address such as s3://bucket/folder, gs://bucket/folder, az://container/folder or https://host/folder/"
)
