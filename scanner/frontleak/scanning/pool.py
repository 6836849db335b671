"""Runs a function over many items in several processes, and survives the death of any worker.

Not `concurrent.futures`: there, one dead worker breaks the whole pool, and the item that killed it is unknown.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Self

from frontleak.core.records import dataclass

_STOP: Final = None
_SPARE_DESCRIPTORS: Final = 12
"""Descriptors that must be free before a worker starts: it takes four, and a walk and late imports need some."""

Batch = tuple[tuple[int, Any], ...]
"""Numbered items that are sent together."""


class WorkerDied(Exception):  # noqa: N818 - a value, not raised across a stage
    """The result of an item whose worker died; `code` is the worker's exit code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class _Process:
    process: BaseProcess
    connection: "Connection[Any, Any]"
    number: int
    """From 0; a worker that replaces another has the same."""
    batch: Batch | None = None


def start_method() -> str:
    """Return how workers are started: forked on Linux, where it is fast and safe without threads, else spawned."""
    return "fork" if sys.platform == "linux" else "spawn"


class Pool:
    """Worker processes that apply one picklable function to items.

    Where processes or descriptors are scarce there are fewer workers than asked for, or none.
    """

    def __init__(self, function: Callable[[Any], Any], jobs: int, enter: Callable[[int], object] | None = None) -> None:
        """Start the workers; `enter` is called in each with its number from 0, before it does anything."""
        self._context = multiprocessing.get_context(start_method())
        self._function = function
        self._enter = enter
        self._workers: list[_Process] = []
        for number in range(jobs):
            if not self._start(number):
                break

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, batches: Iterator[Sequence[tuple[int, Any]]]) -> Iterator[tuple[int, Any]]:
        """Yield (number, result) for each numbered item, as results arrive.

        The batch of a dead worker is run again item by item; an item that kills a worker alone gets a `WorkerDied`.
        Without workers, items run in this process, except those whose worker died.
        """
        again: deque[Batch] = deque()
        more = True
        while self._workers:
            more = self._dispatch(batches, again, more=more)
            busy = {worker.connection: worker for worker in self._workers if worker.batch is not None}
            if not busy:
                if more or again:
                    continue
                return
            for connection in wait(list(busy)):
                worker = busy[connection]  # type: ignore[index]  # `wait` was given only connections
                batch = worker.batch or ()
                try:
                    results = worker.connection.recv()
                except (EOFError, OSError):
                    yield from self._replace(worker, batch, again)
                else:
                    worker.batch = None
                    yield from results
        yield from ((number, WorkerDied(None)) for batch in again for number, _ in batch)
        yield from ((number, self._function(item)) for batch in batches for number, item in batch)

    def _dispatch(self, batches: Iterator[Sequence[tuple[int, Any]]], again: "deque[Batch]", *, more: bool) -> bool:
        """Give every idle worker a batch; return whether there may be more of them."""
        for worker in self._workers:
            if worker.batch is None and (again or more):
                batch = again.popleft() if again else tuple(next(batches, ()))
                if batch:
                    self._send(worker, batch)
                else:
                    more = False
        return more

    def stop(self) -> None:
        """Stop all workers; kill the busy ones."""
        for worker in self._workers:
            if worker.batch is None:
                with contextlib.suppress(OSError):
                    worker.connection.send(_STOP)
            else:
                worker.process.kill()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join()
        self._workers = []

    def _start(self, number: int) -> bool:
        """Start a worker; return whether the system had a process and descriptors for it."""
        if not _has_descriptors():
            return False
        ours, theirs = self._context.Pipe()
        inherited = [ours, *(worker.connection for worker in self._workers)] if start_method() == "fork" else []
        process = self._context.Process(  # type: ignore[attr-defined]  # every context has it
            target=_serve, args=(theirs, self._function, inherited, self._enter, number), daemon=True
        )
        try:
            with _interrupts_blocked():  # a worker without its signal handler would print a traceback
                process.start()
        except OSError:
            ours.close()
            return False
        finally:
            theirs.close()
        self._workers.append(_Process(process, ours, number))
        return True

    def _send(self, worker: _Process, batch: Batch) -> None:
        worker.batch = batch
        with contextlib.suppress(OSError):  # a dead worker is noticed when its results are received
            worker.connection.send(batch)

    def _replace(self, worker: _Process, batch: Batch, again: "deque[Batch]") -> Iterator[tuple[int, Any]]:
        worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        self._start(worker.number)
        if len(batch) == 1:
            yield batch[0][0], WorkerDied(worker.process.exitcode)
        else:
            again.extend((item,) for item in batch)


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block Ctrl-C while a process starts; it is delivered afterwards, to this process only."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _has_descriptors() -> bool:
    """Return whether a worker can be started and this process can still open files."""
    opened: list[int] = []
    try:
        opened += (os.open(os.devnull, os.O_RDONLY) for _ in range(_SPARE_DESCRIPTORS))
    except OSError:
        return False
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return True


def _serve(
    connection: "Connection[Any, Any]",
    function: Callable[[Any], Any],
    inherited: "list[Connection[Any, Any]]",
    enter: Callable[[int], object] | None,
    number: int,
) -> None:
    """Process batches until told to stop, or until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles interrupts
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if enter is not None:
        enter(number)
    for other in inherited:  # otherwise no worker notices that the parent is gone
        other.close()
    with contextlib.suppress(EOFError, OSError):
        while (batch := connection.recv()) is not _STOP:
            connection.send([(number, function(item)) for number, item in batch])
