"""A process that is forked before tests are collected, and that forks the runs of the command.

Collected tests take 300 MB. A fork of a process with them takes 20 ms; a fork of this one takes 5. It knows nothing of
what a test has replaced, so such a test forks its own process (`is_usable`).
"""

import gc
import os
import pickle
import selectors
import signal
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import IO, Any, Final, NamedTuple, NoReturn

import pytest

Streams = tuple[int, int, int]
"""Descriptors of standard input, output and error."""
_STREAMS: Final = (0, 1, 2)
_LENGTH: Final = struct.Struct("!Q")
_STATUS: Final = struct.Struct("!i")
_sockets: Final[list[socket.socket]] = []
_one_at_a_time: Final = threading.Lock()
_patching: Final[set[int]] = set()
"""Objects of `MonkeyPatch` that have replaced something other than an environment variable."""


class _Call(NamedTuple):
    """What a run of the command is given, besides its streams."""

    arguments: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    """The whole environment."""

    @property
    def request(self) -> bytes:
        """The call as it goes to the other process."""
        return pickle.dumps(tuple(self))


class _Server(NamedTuple):
    """What the process that serves requests has, and a run that it forks must not."""

    requests: socket.socket
    interrupt: Any
    """What SIGINT did before the process ignored it; a run does that again."""


def start() -> Callable[[], None]:
    """Fork the process; return a function that ends it."""
    if not hasattr(os, "fork"):
        return lambda: None
    ours, theirs = socket.socketpair()
    process = os.fork()
    if not process:
        ours.close()
        _serve(theirs)
    theirs.close()
    _sockets.append(ours)

    def end() -> None:
        _sockets.clear()
        with suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)
        ours.close()
        os.waitpid(process, 0)

    return end


def watch() -> None:
    """Note from now on what tests replace; plugins of pytest replace things before."""
    for name in ("setattr", "delattr", "setitem", "delitem", "undo"):
        setattr(pytest.MonkeyPatch, name, _noting(getattr(pytest.MonkeyPatch, name)))


def is_usable() -> bool:
    """Return whether a run that this process forks is like one that the process of the test would fork."""
    return bool(_sockets) and not _patching


def run(arguments: Sequence[str], cwd: str, env: Mapping[str, str], streams: Streams) -> int:
    """Run the command; return the status of its process, as `os.waitpid` does."""
    request = _Call(tuple(arguments), cwd, dict(env)).request
    with _one_at_a_time:
        socket.send_fds(_sockets[0], [_LENGTH.pack(len(request))], streams)
        _sockets[0].sendall(request)
        return int(_STATUS.unpack(_received(_sockets[0], _STATUS.size))[0])


class Running:
    """A run of the command with pipes, like an object of `subprocess.Popen`."""

    def __init__(self, arguments: Sequence[str], cwd: str, env: Mapping[str, str]) -> None:
        """Start it; `is_usable` tells whether that can be done."""
        pairs = [os.pipe() for _ in _STREAMS]
        theirs = [pairs[0][0], pairs[1][1], pairs[2][1]]
        self.stdin: IO[bytes] | None = open(pairs[0][1], "wb")  # noqa: SIM115 - the test closes it
        self.stdout: IO[bytes] | None = open(pairs[1][0], "rb")  # noqa: SIM115 - as above
        self.stderr: IO[bytes] | None = open(pairs[2][0], "rb")  # noqa: SIM115 - as above
        self._monitor, far = socket.socketpair()
        request = _Call(tuple(arguments), cwd, dict(env)).request
        with _one_at_a_time, far:
            socket.send_fds(_sockets[0], [_LENGTH.pack(len(request))], [*theirs, far.fileno()])
            _sockets[0].sendall(request)
            _received(_sockets[0], _STATUS.size)
        for descriptor in theirs:
            os.close(descriptor)
        self.pid = int(_STATUS.unpack(_received(self._monitor, _STATUS.size))[0])
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code of a run that has ended, else None."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code.

        Raises:
            TimeoutError: the run has not ended after so many seconds.
        """
        code = self._ended(timeout)
        if code is None:
            raise TimeoutError
        return code

    def kill(self) -> None:
        """End the run."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and _is_readable(self._monitor, seconds):
            status = int(_STATUS.unpack(_received(self._monitor, _STATUS.size))[0])
            self.returncode = os.waitstatus_to_exitcode(status)
            self._monitor.close()
        return self.returncode


def _is_readable(connection: socket.socket, seconds: float | None) -> bool:
    """Return whether something arrives within some seconds; `select` takes no descriptor above 1,023."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(seconds))


def _noting(method: Callable[..., Any]) -> Callable[..., Any]:
    def noting(self: pytest.MonkeyPatch, *arguments: Any, **options: Any) -> Any:
        if method.__name__ == "undo":
            _patching.discard(id(self))
        elif arguments and arguments[0] is not os.environ:
            _patching.add(id(self))
        return method(self, *arguments, **options)

    return noting


def _received(connection: socket.socket, size: int) -> bytes:
    """Return so many bytes.

    Raises:
        EOFError: the other process has ended.
    """
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _serve(requests: socket.socket) -> NoReturn:
    try:
        # the process of the tests ends this one
        server = _Server(requests, signal.signal(signal.SIGINT, signal.SIG_IGN))
        while True:
            head, streams, _, _ = socket.recv_fds(requests, _LENGTH.size, len(_STREAMS) + 1)
            if not head:
                os._exit(0)
            call = _Call(*pickle.loads(_received(requests, *_LENGTH.unpack(head))))
            if len(streams) > len(_STREAMS):
                _monitored(call, streams, server)
                requests.sendall(_STATUS.pack(0))
            else:
                requests.sendall(_STATUS.pack(_forked(call, streams, server)))
            for stream in streams:
                os.close(stream)
    except BaseException:  # noqa: BLE001 - the process of the tests sees that this one has ended
        traceback.print_exc()
    finally:
        os._exit(1)


def _monitored(call: _Call, streams: Sequence[int], server: _Server) -> None:
    """Fork a process that forks the run, tells its number through the last stream, and at its end its status."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    from tests.support import forked

    forked.work_out()  # here, for all runs to come
    if call.arguments[0] == "lsp":
        import_module("frontleak.cli.lsp.server")  # half a second
    if os.fork():
        return
    *own, told = streams
    try:
        status = _forked(call, own, server, lambda child: _tell(told, child, close=own), close=told)
        _tell(told, status)
    finally:
        os._exit(0)


def _tell(descriptor: int, number: int, *, close: Sequence[int] = ()) -> None:
    os.write(descriptor, _STATUS.pack(number))
    for other in close:  # a pipe ends when the run ends, not this process
        os.close(other)


def _forked(
    call: _Call,
    streams: Sequence[int],
    server: _Server,
    started: Callable[[int], None] = lambda _child: None,
    close: int | None = None,
) -> int:
    """Fork the run, and return its status when it has ended.

    Args:
        call: what it is given.
        streams: descriptors of its standard input, output and error.
        server: of this process.
        started: called with the number of its process.
        close: a descriptor that it must not keep open.
    """
    from frontleak.cli.main import main
    from tests.acceptance.support import become
    from tests.support import forked

    forked.work_out()
    gc.freeze()
    child = os.fork()
    if not child:
        server.requests.close()
        if close is not None:
            os.close(close)
        signal.signal(signal.SIGINT, server.interrupt)
        become(main, call.arguments, call.cwd, call.env, streams)
    started(child)
    return os.waitpid(child, 0)[1]
