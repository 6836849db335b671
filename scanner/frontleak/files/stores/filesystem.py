"""Opens stores. The only importer of fsspec, which is an extra."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from frontleak.core.errors import ConfigError
from frontleak.files.stores.store import Store, StoreError, StoreMissingError

_NOT_ASKED: Final = frozenset({"NoCredentialsError", "DefaultCredentialsError", "PartialCredentialsError"})
_DENIED: Final = frozenset({401, 403, "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"})
_MISSING: Final = frozenset({404, 410, "NoSuchBucket", "NoSuchKey", "ResourceNotFoundError", "ContainerNotFound"})
_GONE: Final = "there is nothing at this address"


def filesystem(store: Store) -> Any:
    """Return a filesystem of fsspec for a store, new in each process.

    Raises:
        ConfigError: what it needs is not installed.
    """
    extra = f'pip install "frontleak[stores]"{f" {store.kind.package}" if store.kind.package else ""}'
    try:
        import fsspec  # noqa: PLC0415 - an extra, and few scans read stores
    except ImportError:
        advice = f"install what reads stores: {extra}"
        raise ConfigError(f"{store.address}: fsspec is not installed", advice=advice) from None
    try:
        known = fsspec.get_filesystem_class(store.kind.protocol)
        return known(**_options(store, known), use_listings_cache=False, skip_instance_cache=True)
    except ImportError:
        advice = f"install what reads {store.scheme}://: {extra}"
        raise ConfigError(f"{store.address}: {store.kind.package} is not installed", advice=advice) from None
    except Exception as error:  # noqa: BLE001 - each has types of its own, whose messages may quote what is secret
        message = f"{store.address}: cannot be opened ({type(error).__name__})"
        raise ConfigError(message, advice=store.kind.sign_in) from None


def _options(store: Store, known: Any) -> dict[str, Any]:
    if store.is_web:
        from frontleak.files.stores.web import client_options  # noqa: PLC0415 - only for web servers

        return client_options(store)
    named = {"s3": ("key", "secret"), "az": ("account_name", "account_key")}.get(store.kind.protocol)
    options = dict(known._get_kwargs_from_urls(store.address))  # noqa: SLF001 - how fsspec itself reads an address
    return options | (dict(zip(named, (store.user, store.password), strict=True)) if named and store.password else {})


@contextmanager
def told(store: Store, permission: str = "") -> Iterator[None]:
    """Turn what a store raises into a `StoreError`: its own message may quote addresses with what is secret in them.

    Raises:
        StoreMissingError: there is no such object.
        StoreError: anything else.
    """
    try:
        yield
    except (StoreError, ConfigError):
        raise
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - each store has types of its own
        reason = _words(error.__cause__ if _hides_another(error) else error, store, permission)
        raise (StoreMissingError if reason == _GONE else StoreError)(reason) from None


def _hides_another(error: Exception) -> bool:
    """Return whether an error stands for another: fsspec takes each failed connection for a missing file."""
    return isinstance(error, FileNotFoundError) and isinstance(error.__cause__, Exception)


def _words(error: BaseException | None, store: Store, permission: str) -> str:
    status = getattr(error, "status", None) or getattr(error, "code", None)  # aiohttp warns of its `code`
    status = status if isinstance(status, int | str) else None
    name = type(error).__name__
    if name in _NOT_ASKED:
        return f"there are no credentials: {store.kind.sign_in}"
    if isinstance(error, PermissionError) or not _DENIED.isdisjoint({status, name}):
        needs = f"it needs {permission}" if permission else store.kind.sign_in
        return f"access is denied{f': {needs}' if needs else ''}"
    if isinstance(error, FileNotFoundError) or not _MISSING.isdisjoint({status, name}):
        return _GONE
    if isinstance(status, int) and status:
        return f"the server answered {status}"
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    return f"the server cannot be reached, or did not answer as expected ({name})"
