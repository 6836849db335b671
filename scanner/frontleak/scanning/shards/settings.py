"""The options of a scan that a plan carries to the machines that run its shards."""

import os
from collections.abc import Sequence
from typing import Any, Final

from frontleak.core.errors import ConfigError
from frontleak.core.ignored_value import IgnoredValue
from frontleak.core.paths import slashes
from frontleak.core.records import dataclass, field_names
from frontleak.core.report import Narrowing
from frontleak.scanning.inputs import stores_of
from frontleak.scanning.options import STDIN, ScanOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of a scan that decide what it finds, as a plan carries them."""

    here: str
    """Absolute working directory, from which displayed paths count."""
    paths: tuple[str, ...]
    rules: tuple[str, ...] = ()
    """Absolute paths of own rules."""
    plugins: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    max_file_size: int
    gitignore: bool = True
    exclude: tuple[str, ...] = ()
    exclude_folder: str = ""
    show_public: bool = False
    show_server: bool = False
    engine: str = ""
    narrowing: Narrowing | None = None
    ignored_values: tuple[IgnoredValue, ...] = ()
    warn_unused_ignores: bool = False
    foreign_comments: bool = True
    url_manifest: str = ""

    def options(self) -> ScanOptions:
        """Return the options of a scan."""
        carried: dict[str, Any] = {name: getattr(self, name) for name in CARRIED}
        return ScanOptions(**carried | {"engine": self.engine or None})


CARRIED: Final = tuple(name for name in field_names(Settings) if name in field_names(ScanOptions))
"""Fields of a scan that a plan carries as they are."""


def settings_of(
    options: ScanOptions,
    rules: Sequence[str] = (),
    plugins: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Settings:
    """Return the settings of a scan of files on disk and objects of stores.

    Raises:
        ConfigError: the scan needs what no shard has: standard input, a repository, values, a vendor, credentials in
            an address.
    """
    stores = stores_of(options)
    for store in stores:
        if store.user or store.password or store.query:
            raise ConfigError(
                f"{store.address}: the address has a user, a password or a signature, and everyone can read a plan",
                advice="set the credentials in the environment or ~/.netrc of each machine, or scan it with "
                "`frontleak scan`",
            )
    refused = {
        "standard input cannot be scanned in shards: a plan refers to files": STDIN in options.paths,
        "memory:// cannot be scanned in shards: other processes do not see it": any(
            not store.is_shared for store in stores
        ),
        "git cannot be scanned in shards: a plan refers to files on disk": options.git is not None,
        "the values of variables cannot be looked for in shards: a plan holds no value": options.env is not None,
        "secrets cannot be verified in shards: their results hold no value": options.verify is not None,
        "--reveal shows nothing of shards: their results hold no value": options.reveal,
        "--profile counts the work of one process, not that of shards": options.profile is not None,
    }
    for problem in (problem for problem, is_given in refused.items() if is_given):
        raise ConfigError(problem, advice="scan it on one machine with `frontleak scan`")
    carried: dict[str, Any] = {name: _lasting(getattr(options, name)) for name in CARRIED}
    carried |= {
        "engine": options.engine or "",
        "url_manifest": os.path.abspath(options.url_manifest) if options.url_manifest else "",
    }
    return Settings(
        here=slashes(os.getcwd()),
        rules=tuple(os.path.abspath(path) for path in rules),
        plugins=tuple(plugins),
        select=tuple(select),
        ignore=tuple(ignore),
        **carried,
    )


def _lasting(value: Any) -> Any:
    """Return the value of an option as a record that can be compared holds it."""
    return tuple(value) if isinstance(value, list) else value
