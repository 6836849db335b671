"""Runs the shards of a plan on a Dask cluster. Only references and sealed results pass through it."""

import logging
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from frontleak.core.errors import ConfigError, InputError
from frontleak.scanning.shards.kernel import Outcome, run_line
from frontleak.scanning.shards.key import ShardKey

if TYPE_CHECKING:
    from distributed import Client

SCHEMES: Final = {"dask://": "tcp://", "dask+tls://": "tls://"}
LOCAL: Final = "dask"
"""Stands for a cluster on this machine."""
_TRIES: Final = 3
"""How often a shard is run before it counts as one without a result."""
_AHEAD: Final = 2
"""Shards at the cluster for each of its threads: the scheduler holds no more of a plan."""
_CONNECT: Final = 10
"""Seconds in which a scheduler has to answer."""


class ClusterLostError(InputError):
    """The cluster went away before all shards were run."""


def address_of(name: str) -> str | None:
    """Return the address of a scheduler as Dask writes it; None for a cluster on this machine.

    Raises:
        ConfigError: it is neither.
    """
    if name == LOCAL:
        return None
    for scheme, own in SCHEMES.items():
        if name.startswith(scheme) and name != scheme:
            return f"{own}{name.removeprefix(scheme)}"
    raise ConfigError(f"--on {name}: is no cluster", advice="write dask, or dask://HOST:PORT of a scheduler")


@contextmanager
def connected(name: str, jobs: int) -> "Iterator[Client]":
    """Connect to a scheduler, or start a cluster on this machine with some processes, which ends with it.

    Raises:
        ConfigError: Dask is not installed, or no scheduler answers.
    """
    address = address_of(name)
    try:
        from distributed import Client, LocalCluster, Security  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError(
            f"--on {name}: Dask is not installed", advice="run `pip install 'frontleak[dask]'`, here and on its workers"
        ) from error
    for log in [log for log in logging.root.manager.loggerDict if log.partition(".")[0] == "distributed"]:
        logging.getLogger(log).disabled = True  # a scheduler that dies prints tracebacks; we say it in a line
    with ExitStack() as ended:
        try:
            if address is None:
                with _interrupts_ignored():  # its processes would print tracebacks; this one ends them
                    cluster = LocalCluster(
                        n_workers=jobs,
                        threads_per_worker=1,
                        processes=True,
                        security=Security.temporary(),  # who can talk to a scheduler can run code on it
                        dashboard_address="127.0.0.1:0",  # None would be port 8787
                        scheduler_kwargs={"dashboard": False},
                        silence_logs=logging.CRITICAL,
                    )
                ended.enter_context(cluster)
                client = Client(cluster, set_as_default=False)
            else:
                client = Client(address, timeout=_CONNECT, set_as_default=False)
        except (ImportError, OSError, ValueError, TimeoutError, RuntimeError) as error:
            raise ConfigError(
                f"--on {name}: no scheduler answers there ({type(error).__name__})",
                advice="start one with `dask scheduler`, and check host and port",
            ) from error
        ended.callback(_closed, client)
        yield client


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ignore Ctrl-C while processes start, which inherit that; it takes a second or two."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _closed(client: "Client") -> None:
    """Close a client without waiting for a scheduler that is gone."""
    client.close(timeout=2)


def threads_of(client: "Client") -> int:
    """Return the threads of all workers of a cluster; 1 while it has none."""
    threads: int = sum(client.nthreads().values())
    return max(1, threads)


def run_on(
    client: "Client",
    lines: Sequence[tuple[int, str]],
    key: ShardKey,
    done: Callable[[int, str], None],
    failed: Callable[[int, str], None],
) -> None:
    """Run lines of a plan on a cluster, a bounded number at a time, each up to three times.

    Args:
        client: of the cluster.
        lines: (number of the shard, line).
        key: of the plan.
        done: called with the number and the sealed result of a shard, in any order.
        failed: called with the number of a shard that has no result after all, and the reason.

    Raises:
        ClusterLostError: the scheduler is gone; what is done is done.
        ConfigError: the workers cannot run the plan: another version, other rules, no such folder.
    """
    from distributed import as_completed  # noqa: PLC0415 - an extra

    left = iter(lines)
    text_of = dict(lines)
    tries: Counter[int] = Counter()
    running: dict[Any, int] = {}
    if not text_of:
        return

    def submitted(number: int) -> Any:
        tries[number] += 1
        future = client.submit(run_line, text_of[number], key.text, pure=False)
        running[future.key] = number
        return future

    first = [submitted(number) for number, _ in islice(left, _AHEAD * threads_of(client))]
    arriving = as_completed(first, loop=client.loop)
    for future in arriving:
        number = running.pop(future.key)
        outcome = _outcome(client, future)
        if outcome.text:
            done(number, outcome.text)
        elif tries[number] < _TRIES:
            arriving.add(submitted(number))
            continue
        elif outcome.is_refused:
            raise ConfigError(
                f"a worker cannot run shard {number}: {outcome.reason}",
                advice="the workers need this version of frontleak, the same rules, and the files at the same paths",
            )
        else:
            failed(number, outcome.reason)
        following = next(left, None)
        if following is not None:
            arriving.add(submitted(following[0]))


def _outcome(client: "Client", future: Any) -> Outcome:
    """Return what came of a task.

    Raises:
        ClusterLostError: the scheduler is gone.
    """
    if future.cancelled() or client.status not in {"running", "connecting"} or future.status == "lost":
        raise ClusterLostError("the scheduler of the cluster is gone")
    if future.status == "error":
        return Outcome(reason=f"the worker died or failed ({type(future.exception()).__name__})")
    try:
        result: Outcome = future.result()
    except Exception as error:  # noqa: BLE001 - Dask has a dozen of them; none has content, which no task sends
        raise ClusterLostError(f"the scheduler of the cluster is gone ({type(error).__name__})") from None
    return result
