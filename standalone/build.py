"""Build the standalone binary for this machine: frontleak, its rules, compiled, and Python, in one folder.

    python standalone/build.py OUT [--one-file] [--measure]

writes `frontleak-VERSION-SYSTEM-MACHINE.tar.gz` (`.zip` on Windows) with the folder `frontleak`, and its checksum, into
OUT. Everything is built in an environment of its own, with the versions in ci/constraints.txt, from a wheel of this
checkout, because only a wheel has the compiled rules. `--measure` prints the size and the start-up. `--one-file` builds
one file that unpacks itself at each start, only to compare.
"""

import argparse
import gzip
import hashlib
import os
import platform
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_HERE: Final = Path(__file__).resolve().parent
_ROUNDS: Final = 15
"""Starts that are timed."""
_MACHINES: Final = {"amd64": "x86_64", "aarch64": "arm64"}


def name_of_archive(version: str) -> str:
    """Return the name of the archive for this machine, without its ending."""
    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}[sys.platform]
    machine = platform.machine().lower()
    return f"frontleak-{version}-{system}-{_MACHINES.get(machine, machine)}"


def build(out: Path, *, one_file: bool = False) -> Path:
    """Build the program into a folder, and return its path.

    Raises:
        subprocess.CalledProcessError: pip or PyInstaller failed; it has printed why.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="frontleak-build-") as temporary:
        python = _environment(Path(temporary))
        command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level=ERROR", f"--distpath={out.resolve()}"]
        environment = _variables() | {"FRONTLEAK_ONE_FILE": "1" if one_file else ""}
        command += [f"--workpath={temporary}/work", str(_HERE / "frontleak.spec")]
        subprocess.run(command, cwd=_HERE, env=environment, check=True)
    ending = ".exe" if sys.platform == "win32" else ""
    return out / f"frontleak{ending}" if one_file else out / "frontleak" / f"frontleak{ending}"


def _environment(folder: Path) -> Path:
    """Create the environment to build in, and return its interpreter."""
    venv.create(folder / "venv", with_pip=True, symlinks=sys.platform != "win32")
    python = folder / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pinned = _variables() | {"PIP_CONSTRAINT": str(ROOT / "ci/constraints.txt")}
    subprocess.run([*install, "--requirement", str(_HERE / "requirements.txt"), str(ROOT)], env=pinned, check=True)
    return python


def _variables() -> dict[str, str]:
    """Return the environment without what would make Python import from elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def pack(program: Path, version: str) -> Path:
    """Pack the folder of a program into an archive next to it, with its checksum, and return the archive.

    Names are sorted, and times and owners left out, so that equal folders make equal archives.
    """
    folder = program.parent
    files = sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    if sys.platform == "win32":
        archive = folder.with_name(f"{name_of_archive(version)}.zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            for file in files:
                zipped.writestr(zipfile.ZipInfo(file.relative_to(folder.parent).as_posix()), file.read_bytes())
    else:
        archive = folder.with_name(f"{name_of_archive(version)}.tar.gz")
        with gzip.GzipFile(archive, "wb", mtime=0) as stream, tarfile.open(fileobj=stream, mode="w") as packed:
            for file in files:
                packed.add(file, file.relative_to(folder.parent), filter=_plain)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n", "utf-8")
    return archive


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def measured(program: Path) -> str:
    """Return how long a start and the scan of one page take, as the median of some runs, in seconds."""
    page = ROOT / "fixtures/vite-react/dist/embed.html"
    commands = {"start": ["--version"], "scan of a page": ["scan", "--isolated", "--quiet", str(page)]}
    texts = []
    for name, arguments in commands.items():
        times = []
        for _ in range(_ROUNDS):
            begin = time.perf_counter()
            subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - begin)
        texts.append(f"{name} {statistics.median(times):.3f} s")
    return ", ".join(texts)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--one-file", action="store_true")
    parser.add_argument("--measure", action="store_true")
    given = parser.parse_args()
    program = build(given.out, one_file=given.one_file)
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    print(f"{program}: frontleak {version}")
    if given.one_file:
        size, files = program.stat().st_size, [program]
    else:
        archive, files = pack(program, version), [path for path in program.parent.rglob("*") if path.is_file()]
        size = archive.stat().st_size
        print(archive)
    if given.measure:
        print(f"{size / 1e6:.0f} MB to download, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB on disk")
        print(measured(program))
    return 0


if __name__ == "__main__":
    sys.exit(main())
