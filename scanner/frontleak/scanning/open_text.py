"""Scans the text of a file that is open in an editor, as a scan of its folder would find the file saved."""

import os
import time
from typing import Final

from frontleak.core.blob import Blob
from frontleak.core.paths import slashes
from frontleak.core.report import Coverage, Report
from frontleak.core.run_budget import RunBudget
from frontleak.files.interface import FileEntry
from frontleak.files.read import read_source
from frontleak.files.walk_rules import load_walk_rules
from frontleak.files.walk_to import WalkTo, entry_not_on_disk
from frontleak.rules.frameworks import using_frameworks
from frontleak.rules.ruleset import RuleSet
from frontleak.scanning.options import ScanOptions, WorkerOptions
from frontleak.scanning.sealing import Scanned, seal
from frontleak.scanning.worker import Worker

_NOTHING_READ: Final = Coverage(files={}, bytes={})


class OpenTexts:
    """Scans one text after the other with rules that are loaded once. Not safe for several threads.

    The working directory is that of the folder, because displayed paths and settings count from it.
    """

    def __init__(self, ruleset: RuleSet, options: ScanOptions, folder: str) -> None:
        """Load the engine.

        Args:
            ruleset: the rules to run.
            options: of a scan of the folder.
            folder: absolute, with forward slashes.
        """
        self._ruleset = ruleset
        self._options = options
        self._folder = folder
        self._worker = Worker(
            ruleset,
            WorkerOptions(
                roots=(folder,),
                max_file_size=options.largest,
                engine=options.engine,
                ignored_values=tuple(options.ignored_values),
            ),
        )
        self._env = None
        if options.env is not None:
            from frontleak.scanning.env_values import look_for  # noqa: PLC0415 - few projects look for values

            self._env = look_for(options.env, self._worker.engine)
            if self._env.values:
                self._worker.look_for(self._env)

    def scan(self, path: str, data: bytes) -> Report | None:
        """Return the report on a text; None if a scan of the folder leaves the file out.

        Args:
            path: of the file, absolute, with forward slashes; it need not exist.
            data: the text in UTF-8, without a byte order mark.
        """
        started = time.perf_counter()
        with using_frameworks(self._ruleset.frameworks):
            entry = self._entry(path)
            if entry is None:
                return None
            blob: Blob | None = Blob(
                origin=entry.origin, data=data, exposure=entry.exposure, placed=entry.placed, sent=entry.sent
            )
            if entry.only_public and blob is not None:
                from frontleak.scanning.public_variables import only_public  # noqa: PLC0415 - few files are such

                blob = only_public(blob, path, self._ruleset.frameworks)
            if blob is None:
                return None
            self._worker.budget = RunBudget()
            result = self._worker.scan(blob, path)

            def read(name: str) -> bytes | None:
                return data if name == entry.shown else read_source(name)

            scanned = Scanned(results=[result], coverage=_NOTHING_READ, read=read, env=self._env)
            return seal(self._ruleset, self._options, scanned, self._worker, started=started)

    def _entry(self, path: str) -> FileEntry | None:
        here = slashes(os.getcwd())
        if not os.path.lexists(path) or not path.startswith(f"{self._folder.rstrip('/')}/"):
            return entry_not_on_disk(self._folder, path, here)
        walk = WalkTo(
            self._folder,
            path,
            load_walk_rules(),
            max_size=self._options.max_file_size,
            gitignore=self._options.gitignore,
            exclude=self._options.exclude,
            exclude_folder=self._options.exclude_folder,
        )
        return walk.entry()
