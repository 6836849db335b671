"""Run the real command in a process that resolves the hosts of a local server only to it."""

import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from frontleak.cli.main import main
from frontleak.verify.interface import NameNotFoundError
from tests.acceptance.support import Run, environment, in_fork
from tests.fakes.tls_server import TlsServer
from tests.support.paths import ROOT

_INJECTED: Final = """\
import socket, sys
sys.path.insert(0, {root!r})
from frontleak.cli.main import main
from frontleak.verify.interface import NameNotFoundError
def resolver(host):
    if not any(host == domain or host.endswith("." + domain) for domain in {domains!r}):
        raise NameNotFoundError("the host name cannot be resolved")
    return [(int(socket.AF_INET), ("127.0.0.1", {port}))]
main(resolver)
"""
_SYSTEM: Final = """\
import socket, sys
sys.path.insert(0, {root!r})
def everything_is_here(host, port, *_arguments, **_named):
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", {port}))]
socket.getaddrinfo = everything_is_here
from frontleak.cli.main import main
main()
"""


def command(api: TlsServer, folder: Path, *, injected: bool = True) -> list[str]:
    """Return the start of a command line.

    Without injection, it is the shipped command on a system that resolves every name to the loopback address.
    """
    script = folder / ("injected.py" if injected else "system.py")
    script.write_text(
        (_INJECTED if injected else _SYSTEM).format(root=str(ROOT), port=api.port, domains=tuple(api.domains))
    )
    return [sys.executable, str(script)]


def environment_of(api: TlsServer, **changes: str) -> dict[str, str]:
    """Return an environment that trusts the server's certificate and has no proxy."""
    env = environment(REQUESTS_CA_BUNDLE=str(api.ca_file), FRONTLEAK_DEBUG="1")
    return {name: value for name, value in env.items() if not name.lower().endswith("_proxy")} | changes


def run_wrapped(
    api: TlsServer,
    *arguments: str | Path,
    cwd: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    injected: bool = True,
) -> Run:
    """Run the command in a forked process (`in_fork`) and return its result."""

    def entry() -> None:
        if injected:
            main(lambda host: _resolved(api, host))
        socket.getaddrinfo = lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", api.port))]
        main()

    return in_fork(entry, *arguments, cwd=cwd, stdin=stdin, env=environment_of(api, **(env or {})))


def _resolved(api: TlsServer, host: str) -> list[tuple[int, tuple[str, int]]]:
    if not any(host == domain or host.endswith(f".{domain}") for domain in api.domains):
        raise NameNotFoundError("the host name cannot be resolved")
    return [(int(socket.AF_INET), ("127.0.0.1", api.port))]
