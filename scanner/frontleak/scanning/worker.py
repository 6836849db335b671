"""Processes one file entry: reads and unpacks it, scans every view, and maps findings to their original position."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from frontleak.core.blob import Blob, BlobResult
from frontleak.core.detection import Detection
from frontleak.core.diagnostic import Code, Diagnostic, incomplete
from frontleak.core.origins import MemberOrigin, StdinOrigin
from frontleak.core.records import replace
from frontleak.core.run_budget import Resource, RunBudget
from frontleak.core.vocabulary import Exposure
from frontleak.decode.registry import DECODERS
from frontleak.files.archives.magic_numbers import holds_web_archive, may_be_archive
from frontleak.files.interface import BlobEntry, FileEntry
from frontleak.files.listed_folder import ListedFolder
from frontleak.files.read import read_item
from frontleak.match.engine import Engine
from frontleak.misuse.candidates import Candidates
from frontleak.rules.file_rule import FileRules
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.blob import MOST_FINDINGS, scan_blob
from frontleak.scanning.options import WorkerOptions

if TYPE_CHECKING:
    from frontleak.core.env_value import EnvValues
    from frontleak.files.git.read import BlobReader
    from frontleak.files.recordings.entries import ResponseEntry
    from frontleak.files.stores.reader import StoreReader
    from frontleak.scanning.name_gate import NameGate
    from frontleak.scanning.neighbours import Neighbours
    from frontleak.scanning.recorded import BodyOf, Recordings

_HINTS: Final = (".env", ".dev.vars")
"""One of these is in the path of each file in which variables are usually set."""
_SETTINGS: Final = frozenset({".dev.vars"})
"""Names of files, besides `.env`, in which variables are set."""
_BEGINNING: Final = 4096
"""Bytes of standard input in which the first key of a HAR must be."""
_UNPACKING: Final = (Resource.FINDINGS, Resource.MEMBERS, Resource.UNPACKED)
"""What must not be used up where an archive is opened."""

_MOST_NESTED: Final = 3
"""Web archives that are opened one inside the other."""


class Worker:
    """Scans file entries; created once per process, and sent to a spawned process without its engine."""

    def __init__(self, ruleset: RuleSet, options: WorkerOptions, budget: RunBudget | None = None) -> None:
        self._ruleset = ruleset
        self._options = options
        self.budget = budget or RunBudget()
        self._file_rules = FileRules(ruleset.others)
        self._candidates = Candidates(ruleset)
        self.engine = Engine(ruleset, options.engine)
        if options.env is not None:
            self.look_for(options.env)
        self._without_values: Engine | None = None
        self.decoders = DECODERS
        self._names: NameGate | None = None
        self._folder = ListedFolder()
        self._blobs: BlobReader | None = None
        self._beside: Callable[[str, int], bytes | None] | None = None
        """Reads a file in the commit of the blob at hand; None for a file on disk."""
        self._recordings: Recordings | None = None
        self._stores: StoreReader | None = None
        self._web_archives_in = 0
        """How many web archives, one in the other, the blob at hand is in."""
        self._body_of: BodyOf | None = None
        """Finds the body of another response; None unless the blob at hand is one."""

    def look_for(self, env: "EnvValues") -> None:
        """Look for the values of environment variables, from now on."""
        from frontleak.match.known_values import KnownValues  # noqa: PLC0415 - few scans know values

        self._options = replace(self._options, env=env)
        self.engine.look_for(KnownValues(env.values, hyperscan=self.engine.name == "hyperscan"))

    def __reduce__(self) -> tuple[type["Worker"], tuple[RuleSet, WorkerOptions, RunBudget]]:
        return (Worker, (self._ruleset, self._options, self.budget))

    def __call__(self, entry: "FileEntry | BlobEntry | ResponseEntry | Diagnostic") -> BlobResult:
        """Read and scan a file entry, or pass on why it could not be listed."""
        if isinstance(entry, Diagnostic):
            return self.names.result(BlobResult(diagnostics=(entry,)))
        try:
            if not isinstance(entry, (FileEntry, BlobEntry)):
                return self._scan_recorded(entry)
            blob = self.read(entry)
            if isinstance(entry, FileEntry) and entry.only_public and isinstance(blob, Blob):
                from frontleak.scanning.public_variables import only_public  # noqa: PLC0415 - few trees have such a file

                public = only_public(blob, entry.path, self._ruleset.frameworks)
                if public is None:
                    return self._listed(blob, BlobResult(ignored=True))
                blob = public
            return self.scan(blob, entry.path)
        except MemoryError:
            message = "needs more memory than this process may use"
            return BlobResult(diagnostics=(incomplete(Code.OUT_OF_MEMORY, entry.origin, message),))

    def read(self, entry: FileEntry | BlobEntry) -> Blob | Diagnostic:
        """Read a file or a blob, or return why it cannot be scanned."""
        if isinstance(entry, FileEntry):
            return read_item(entry, self._options.max_file_size, self._folder)
        if self._options.git is None:
            raise LookupError("no repository to read from")
        if self._blobs is None:
            from frontleak.files.git.read import BlobReader  # noqa: PLC0415 - most scans read files

            self._blobs = BlobReader(self._options.git)
        self._beside = self._blobs.beside(entry)
        return self._blobs.read(entry, self._options.max_file_size)

    def _scan_recorded(self, entry: "ResponseEntry") -> BlobResult:
        from frontleak.scanning.recorded import Recordings  # noqa: PLC0415 - few scans read recordings

        if self._recordings is None:
            self._recordings = Recordings(
                self._options.roots, self._options.max_file_size, self.budget, self.store_reader
            )
        outer, *inner = self.scan_responses(*self._recordings.open(entry)) or [BlobResult()]
        return outer.with_inner(inner)

    def scan_responses(self, parts: "Iterator[Blob | Diagnostic]", body_of: "BodyOf") -> list[BlobResult]:
        """Scan the parts of a record; `body_of` finds the bodies of others by URL."""
        self._body_of = body_of
        try:
            return [self.scan(part) for part in parts]
        finally:
            self._body_of = None

    def scan_stdin(self, blob: Blob | Diagnostic) -> BlobResult:
        """Scan what standard input or a program gave; a HAR on standard input is scanned response by response."""
        if isinstance(blob, Blob) and isinstance(blob.origin, StdinOrigin) and b'"log"' in blob.data[:_BEGINNING]:
            from frontleak.scanning.recorded import scan_given  # noqa: PLC0415 - few scans read recordings

            if results := scan_given(self, blob, self._options.max_file_size):
                is_read = any(each.kind for each in results)
                outer = BlobResult(kind=blob.kind, size=len(blob.data)) if is_read else BlobResult()
                return self._listed(blob, outer.with_inner(results))
        return self.scan(blob)

    @property
    def max_file_size(self) -> int:
        """Bytes of the largest file that is scanned."""
        return self._options.max_file_size

    @property
    def has_stores(self) -> bool:
        """Whether the scan names stores."""
        return bool(self._options.stores)

    @property
    def is_bound_here(self) -> bool:
        """Whether a store is in the memory of this process."""
        return any(not store.is_shared for store in self._options.stores)

    def store_reader(self) -> "StoreReader":
        """Return what reads the stores that the scan names; in one process, the same for listing and for reading."""
        if self._stores is None:
            from frontleak.files.stores.reader import StoreReader  # noqa: PLC0415 - few scans read stores

            self._stores = StoreReader(self._options.stores, self._options.max_file_size)
        return self._stores

    def close(self) -> None:
        """End the process that reads blobs, and close the recording, if there is one."""
        if self._recordings is not None:
            self._recordings.close()
        if self._blobs is not None:
            self._blobs.close()

    def _listed(self, blob: Blob, result: BlobResult) -> BlobResult:
        if not self._options.list_files:
            return result
        return result._replace(listed=(self.names.display(blob.origin, result.detections), blob.exposure))

    def scan(self, blob: Blob | Diagnostic, path: str = "") -> BlobResult:
        """Scan a blob read from a path (empty for standard input), and everything packed in it."""
        if isinstance(blob, Diagnostic):
            return self.names.result(BlobResult(diagnostics=(blob,)))
        result = self._listed(blob, self._scan(blob, path))
        if refused := self.budget.refused():
            reached = (incomplete(Code.RUN_LIMIT, blob.origin, message) for message in refused)
            result = result._replace(diagnostics=(*result.diagnostics, *reached))
        if not (result.detections or result.diagnostics):
            return result
        result = self.names.result(result)
        for detection in result.detections:  # what else needs a value has it in `values`
            if detection.secret is not None:
                detection.secret.seal()
        return result

    @property
    def names(self) -> "NameGate":
        """The gate for names; most scans have none to check."""
        if self._names is None:
            from frontleak.scanning.name_gate import NameGate  # noqa: PLC0415 - few files have anything to report

            self._names = NameGate(self.engine)
        return self._names

    def _scan(self, blob: Blob, path: str) -> BlobResult:
        result = self._with_file_detections(self._scan_one(blob, path), blob)
        if not may_be_archive(blob) or not all(map(self.budget.has, _UNPACKING)):
            return result
        from frontleak.files.archives.expand import UnpackLimits, expand  # noqa: PLC0415 - few scans have archives

        limits = UnpackLimits(member_bytes=self._options.max_file_size, run=self.budget)
        inner: list[BlobResult] = []
        count = len(result.detections)
        for member in expand(blob, limits):
            if count >= MOST_FINDINGS:  # one cap for the whole archive, however many members it has
                message = f"more than {MOST_FINDINGS} findings; the rest of its members were not scanned"
                inner.append(BlobResult(diagnostics=(incomplete(Code.TOO_MANY_FINDINGS, blob.origin, message),)))
                break
            inner.append(self._scan_member(member, path))
            count += len(inner[-1].detections)
        return result.with_inner(inner) if inner else result

    def _scan_member(self, member: Blob | Diagnostic, path: str) -> BlobResult:
        if isinstance(member, Diagnostic):
            return BlobResult(diagnostics=(member,))
        result = self._scan_one(member, path)
        if result.detections and isinstance(member.origin, MemberOrigin) and not member.origin.member:
            result = self._neighbours(path).marked_if_stale(result, member)
        result = self._with_file_detections(result, member)
        kind = "archive member" if isinstance(member.origin, MemberOrigin) and member.origin.member else "compressed"
        return result._replace(views=Counter(result.views or {}) + Counter([kind]))

    def _scan_web_archive(self, blob: Blob) -> BlobResult:
        """Scan a WARC that is a member of an archive, a blob of git, standard input or has another name."""
        from frontleak.scanning.recorded import warc_in  # noqa: PLC0415 - few scans read web archives

        if self._web_archives_in == _MOST_NESTED:
            message = f"is nested more than {_MOST_NESTED} web archives deep, so it was not scanned"
            return BlobResult(diagnostics=(incomplete(Code.ARCHIVE, blob.origin, message),))
        outside, self._web_archives_in = self._body_of, self._web_archives_in + 1
        parts, self._body_of = warc_in(blob, self._options.max_file_size, self.budget)
        try:
            inner = [
                self._scan(part, "") if isinstance(part, Blob) else BlobResult(diagnostics=(part,)) for part in parts
            ]
        finally:
            self._body_of, self._web_archives_in = outside, self._web_archives_in - 1
        return BlobResult(kind=blob.kind, size=len(blob.data)).with_inner(inner)

    def _scan_one(self, blob: Blob, path: str) -> BlobResult:
        if holds_web_archive(blob):
            return self._scan_web_archive(blob)
        engine = self.engine if self._options.env is None else self._engine_for(blob, path, self._options.env)
        result = scan_blob(blob, engine, self.budget, self.decoders)
        if self._candidates.is_candidate(blob, result):
            result = result._replace(candidate=path)
        if not result.detections:
            return result
        if blob.sent:
            from frontleak.decode.sent_parts import with_sent_parts  # noqa: PLC0415 - few builds have any

            result = result._replace(detections=with_sent_parts(result.detections, blob))
        if self._options.ignored_values:
            from frontleak.triage.ignored_values import without_ignored  # noqa: PLC0415 - few projects have any

            detections, notes = without_ignored(result.detections, self._options.ignored_values)
            result = result._replace(detections=detections, diagnostics=(*result.diagnostics, *notes))
        from frontleak.sourcemaps.apply import apply_source_maps  # noqa: PLC0415

        map_of = partial(self._neighbours(path).source_map, blob.origin)
        result = apply_source_maps(result, blob, map_of, sources=self._options.source_root)
        if self._options.env is not None:
            from frontleak.scanning.known_values import without_libraries  # noqa: PLC0415 - few scans know values

            result = result._replace(detections=without_libraries(result.detections))
        if self._options.reveal or self._options.verify:
            return result._replace(values=self._values(result.detections))
        return result

    def _neighbours(self, path: str) -> "Neighbours":
        """Return what finds the files next to the blob at hand."""
        from frontleak.scanning.neighbours import Neighbours  # noqa: PLC0415 - only findings need it

        return Neighbours(path, self._options, self._beside, self._body_of)

    def _engine_for(self, blob: Blob, path: str, env: "EnvValues") -> Engine:
        """Return the engine for a file: without known values in a file that may hold them, such as an env file."""
        if path not in env.files and not any(map(path.__contains__, _HINTS)):
            return self.engine
        from frontleak.files.env_file import is_env_file  # noqa: PLC0415 - few scans know values

        name = blob.origin.path.rpartition("/")[2]
        is_home = path in env.files or (blob.exposure is Exposure.SOURCE and (is_env_file(name) or name in _SETTINGS))
        if is_home and self._without_values is None:
            self._without_values = self.engine.without_values()
        return self._without_values if is_home and self._without_values is not None else self.engine

    def _values(self, detections: Sequence[Detection]) -> Mapping[str, bytes]:
        verifiable = {rule.id for rule in self._ruleset.rules if rule.verify}
        wanted = (each for each in detections if self._options.reveal or each.rule_id in verifiable)
        return {each.identity: each.secret.reveal() for each in wanted if each.secret is not None}

    def _with_file_detections(self, result: BlobResult, blob: Blob) -> BlobResult:
        """Add the detections about the file itself; nearly every file has none."""
        rules, timed_out = self._file_rules.about(blob)
        if timed_out:
            messages = (f"rule {rule_id} timed out on this file" for rule_id in timed_out)
            problems = (incomplete(Code.TIMED_OUT, blob.origin, message) for message in messages)
            result = result._replace(diagnostics=(*result.diagnostics, *problems))
        if not rules:
            return result
        from frontleak.files.served_files import detections_of, matches_of  # noqa: PLC0415 - as above

        found = detections_of(blob, rules)
        found = found[: self.budget.take(Resource.FINDINGS, len(found))]
        return result._replace(detections=(*result.detections, *found), file_matches=matches_of(blob, rules))
