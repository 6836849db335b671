"""Input of the checks: one project with its references, reachability and Sanity clients."""

from collections.abc import Callable, Mapping

from frontleak.core.diagnostic import Diagnostic
from frontleak.core.records import dataclass, field
from frontleak.js.module import Module
from frontleak.js.references import References
from frontleak.misuse.project_clients import SanityClients
from frontleak.modulegraph.reachability import Reachability
from frontleak.rules.frameworks import Framework


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedProject:
    """A project under analysis."""

    folder: str
    """Absolute path, with forward slashes."""
    frameworks: tuple[Framework, ...]
    """Frameworks that the project uses."""
    paths: tuple[str, ...]
    """Absolute paths of its candidate files, of its files that use exports of other projects, and of files that use its
    exports and are in no project of a framework."""
    references: References
    reachability: Reachability
    clients: SanityClients
    read: Callable[[str], bytes | None]
    """Absolute path -> bytes."""
    given: frozenset[str]
    """Files that were passed to the scan by path; empty when their folder was passed."""
    env_files: Mapping[str, bytes]
    """Absolute path -> bytes of each file that sets variables, such as `.env`, a workflow or a Dockerfile."""
    sanity_variables: frozenset[str] = frozenset()
    """Names of the environment variables that a file of it gives to a Sanity client."""
    request_state: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Member of the state of a request -> files that assign it."""
    without_secret: set[tuple[str, int, int]] = field(default_factory=set)
    """Places of values that were searched for secrets and have none."""
    may_have_secret: Callable[[str], bool] = lambda _: True
    """Whether a value in a file, by its absolute path, may be a secret or the environment: its imports lead to one."""
    looked_at: Callable[[], int]
    """Return the number of files in its tree whose imports have been scanned so far."""
    diagnostics: Callable[[], list[Diagnostic]] = list
    """Return its diagnostics, at absolute paths."""

    @property
    def framework_ids(self) -> frozenset[str]:
        """Ids of the frameworks."""
        return frozenset(framework.id for framework in self.frameworks)

    def relative(self, path: str) -> str:
        """Return a path relative to the project's folder."""
        return path.removeprefix(f"{self.folder}/")

    def undefined(self) -> str:
        """Return a clause on what happens to variables without a public prefix in client-side code; may be empty."""
        return next((framework.code.undefined for framework in self._by_specificity() if framework.code.undefined), "")

    def fix(self) -> str:
        """Return the framework's fix for a token in client-side code; may be empty."""
        return next((framework.code.fix for framework in self._by_specificity() if framework.code.fix), "")

    def _by_specificity(self) -> list[Framework]:
        """Return the frameworks, the most specific first."""
        return sorted(self.frameworks, key=lambda framework: framework.rank)

    def modules(self, path: str) -> tuple[Module, ...]:
        """Return the parsed scripts of a file."""
        return self.references.modules(path)

    def may_be_parsed(self, path: str) -> bool:
        """Return whether most checks parse a file: it may have a secret or create a client."""
        return self.may_have_secret(path) or self.clients.may_make(path)

    def modules_with_secrets(self, path: str) -> tuple[Module, ...]:
        """Return the parsed scripts of a file; none, without parsing it, where no value in it may be a secret."""
        return self.modules(path) if self.may_have_secret(path) else ()
