"""Run the real command in a process that resolves the hosts of a local server only to it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.acceptance.support import PATIENCE, Run, environment
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
    """Run the command and return its result."""
    done = subprocess.run(
        [*command(api, api.folder, injected=injected), *(os.fspath(argument) for argument in arguments)],
        cwd=cwd,
        input=stdin,
        env=environment_of(api, **(env or {})),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Run(done.returncode, done.stdout, done.stderr)
