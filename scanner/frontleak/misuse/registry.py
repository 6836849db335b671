"""Registry of the checks. A new check needs a module, a line here, and a rule under rules/usage that names it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from frontleak.misuse.checks import (
    astro_client,
    browser_warning,
    client_token,
    client_write,
    config_settings,
    public_env,
    server_to_client,
)
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.misuse_rule import MisuseRule

Check = Callable[[AnalysedProject, str, MisuseRule], Iterator[Misuse]]
"""(project, absolute path of one of its files, rule) -> misuses."""

CHECKS: Final[Mapping[str, Check]] = {
    "client-token": lambda project, path, _: client_token.check(project, path),
    "client-write": lambda project, path, _: client_write.check(project, path),
    "browser-warning": lambda project, path, _: browser_warning.check(project, path),
    "public-env": lambda project, path, _: public_env.check(project, path),
    "handover": lambda project, path, _: server_to_client.check(project, path),
    "settings": config_settings.check,
    "astro-client": astro_client.check,
}
