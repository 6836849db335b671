"""Paths with forward slashes, on every platform, and addresses, which stand where paths do."""

import os


def slashes(path: str) -> str:
    """Return a path of this platform with forward slashes."""
    return path.replace(os.sep, "/") if os.sep != "/" else path


def display_path(here: str, absolute: str) -> str:
    """Return a path as displayed in reports: relative to the working directory if inside it, else absolute."""
    return "" if absolute == here else absolute.removeprefix(f"{here.rstrip('/')}/")


def is_address(path: str) -> bool:
    """Return whether what the command line names is an address of a store, not a path on disk."""
    return "://" in path


def has_lost_slash(path: str) -> bool:
    """Return whether a path looks like an address that was a `Path` object: `https:/host/x`."""
    scheme, _, rest = path.partition(":/")
    return len(scheme) > 1 and scheme.isascii() and scheme.isalnum() and bool(rest) and not rest.startswith("/")


def without_secrets(address: str) -> str:
    """Return an address without what may be secret in it: user, password, query and fragment."""
    scheme, _, rest = address.partition("://")
    place = rest.partition("#")[0].partition("?")[0]
    host, slash, path = place.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
