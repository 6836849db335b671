"""A process that is forked before tests are collected, and that forks the runs of the command.

Collected tests take 300 MB. A fork of a process with them takes 20 ms; a fork of this one takes 5. It knows nothing of
what a test has replaced, so such a test forks its own process (`is_usable`).
"""

import gc
import os
import pickle
import signal
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NoReturn

import pytest

Streams = tuple[int, int, int]
"""Descriptors of standard input, output and error."""
_LENGTH: Final = struct.Struct("!Q")
_STATUS: Final = struct.Struct("!i")
_sockets: Final[list[socket.socket]] = []
_one_at_a_time: Final = threading.Lock()
_patching: Final[set[int]] = set()
"""Objects of `MonkeyPatch` that have replaced something other than an environment variable."""


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
    request = pickle.dumps((tuple(arguments), cwd, dict(env)))
    with _one_at_a_time:
        socket.send_fds(_sockets[0], [_LENGTH.pack(len(request))], streams)
        _sockets[0].sendall(request)
        return int(_STATUS.unpack(_received(_sockets[0], _STATUS.size))[0])


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
        interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process of the tests ends this one
        while True:
            head, streams, _, _ = socket.recv_fds(requests, _LENGTH.size, 3)
            if not head:
                os._exit(0)
            arguments, cwd, env = pickle.loads(_received(requests, *_LENGTH.unpack(head)))
            requests.sendall(_STATUS.pack(_forked(arguments, cwd, env, streams, requests, interrupt)))
            for stream in streams:
                os.close(stream)
    except BaseException:  # noqa: BLE001 - the process of the tests sees that this one has ended
        traceback.print_exc()
    finally:
        os._exit(1)


def _forked(
    arguments: Sequence[str],
    cwd: str,
    env: Mapping[str, str],
    streams: Sequence[int],
    requests: socket.socket,
    interrupt: Any,
) -> int:
    from frontleak.cli.main import main
    from tests.acceptance.support import become
    from tests.support import forked

    forked.work_out()
    gc.freeze()
    child = os.fork()
    if not child:
        requests.close()
        signal.signal(signal.SIGINT, interrupt)
        become(main, arguments, cwd, env, streams)
    return os.waitpid(child, 0)[1]
