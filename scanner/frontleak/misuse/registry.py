"""The checks there are. A new one is a module, a line here, and a rule under rules/usage that names it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from frontleak.misuse.checks import astro_client, browser_warning, client_token, client_write, public_env
from frontleak.misuse.checks import config_settings as settings
from frontleak.misuse.checks import server_to_client as handover
from frontleak.misuse.misuse import Misuse
from frontleak.misuse.project import AnalysedProject
from frontleak.rules.misuse_rule import MisuseRule

Check = Callable[[AnalysedProject, str, MisuseRule], Iterator[Misuse]]
"""(project, absolute path of one of its files, rule) -> misuse."""

CHECKS: Final[Mapping[str, Check]] = {
    "client-token": lambda project, path, _: client_token.check(project, path),
    "client-write": lambda project, path, _: client_write.check(project, path),
    "browser-warning": lambda project, path, _: browser_warning.check(project, path),
    "public-env": lambda project, path, _: public_env.check(project, path),
    "handover": lambda project, path, _: handover.check(project, path),
    "settings": settings.check,
    "astro-client": astro_client.check,
}
