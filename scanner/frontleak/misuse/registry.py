"""Registry of the checks. A new check needs a module, a line here, and a rule under rules/usage that names it."""

from typing import Final

from frontleak.misuse.check import Check
from frontleak.misuse.checks import (
    astro_client,
    browser_warning,
    client_token,
    client_write,
    config_settings,
    environment_dump,
    public_env,
    server_to_client,
)

CHECKS: Final[tuple[Check, ...]] = (
    client_token.CHECK,
    client_write.CHECK,
    browser_warning.CHECK,
    public_env.CHECK,
    server_to_client.CHECK,
    config_settings.CHECK,
    astro_client.CHECK,
    environment_dump.CHECK,
)
"""In the order of messages."""
_BY_NAME: Final = {check.name: check for check in CHECKS}


def check_named(name: str) -> Check:
    """Return the check with a name that a valid rule gives."""
    return _BY_NAME[name]
