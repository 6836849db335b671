"""What the checks get: one project, its program, its boundary between client and server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from frontleak.js.module import Module
from frontleak.js.references import References
from frontleak.misuse.sanity_clients import SanityClients
from frontleak.modulegraph.reachability import Reachability
from frontleak.rules.frameworks import Framework

_GENERAL: Final = ("sanity-studio", "vite", "webpack", "cloudflare", "netlify", "vercel", "storybook")
"""Frameworks that say less of a project than others it uses, the most telling first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedProject:
    """One project under analysis."""

    folder: str
    """Absolute, with forward slashes."""
    frameworks: tuple[Framework, ...]
    """Those it uses."""
    paths: tuple[str, ...]
    """Absolute paths of its files that are worth it, and of those that use what they offer."""
    references: References
    reachability: Reachability
    clients: SanityClients
    read: Callable[[str], bytes | None]
    """Absolute path -> bytes."""
    given: frozenset[str]
    """The files that the scan was given for themselves; empty when it was given their folder."""
    env_files: Mapping[str, bytes]
    """Absolute path of each file that names variables, such as `.env`, a workflow or a Dockerfile -> bytes."""
    looked_at: Callable[[], int]
    """Gives the number of files of its tree whose imports were looked at so far."""
    gaps: Callable[[], list[tuple[str, str]]] = list
    """What is not known of it: absolute path -> reason, as the end of a sentence that begins with the path."""

    @property
    def framework_ids(self) -> frozenset[str]:
        """Ids of its frameworks."""
        return frozenset(framework.id for framework in self.frameworks)

    def relative(self, path: str) -> str:
        """Return a path from the project's folder."""
        return path.removeprefix(f"{self.folder}/")

    def uses(self, framework: str) -> bool:
        """Say whether the project uses a framework."""
        return framework in self.framework_ids

    def undefined(self) -> str:
        """Return what becomes of a variable without public prefix in browser code, as a clause; may be empty."""
        return next((framework.code.undefined for framework in self._telling() if framework.code.undefined), "")

    def fix(self) -> str:
        """Return how the misuse of a token is mended in the project; may be empty."""
        return next((framework.code.fix for framework in self._telling() if framework.code.fix), "")

    def _telling(self) -> list[Framework]:
        """Return its frameworks, the most telling first."""

        def rank(framework: Framework) -> int:
            return _GENERAL.index(framework.id) if framework.id in _GENERAL else -1

        return sorted(self.frameworks, key=rank)

    def modules(self, path: str) -> tuple[Module, ...]:
        """Return the scripts of a file."""
        return self.references.modules(path)
