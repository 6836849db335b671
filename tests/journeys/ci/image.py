"""Builds and runs the image without a container service: the steps of the Dockerfile, as they are, in a changed root.

The root of each stage is this machine's, with a layer of its own over it. It stands for the base image, which is Debian
with Python, too. All happens in a mount namespace, so nothing outside changes; this needs root, or sudo without password.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.acceptance.support import git
from tests.support.paths import ROOT

_SLOW: Final = 600
"""Seconds for all steps and runs."""
_PROXIES: Final = re.compile(
    r"(?i)(?:https?_proxy|no_proxy|pip_index_url|pip_extra_index_url|pip_find_links|ssl_cert_file)$"
)
"""Variables that the network of this machine needs."""


@dataclass(frozen=True, slots=True)
class Ran:
    """The end of a container."""

    code: int
    text: str


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield (name, arguments) of each instruction of a Dockerfile."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", lines).splitlines():
        if line:
            name, _, rest = line.partition(" ")
            yield name, rest


def context(folder: Path) -> Path:
    """Create what a client sends to the builder: what .dockerignore lets through of this checkout."""
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    names = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
    for name in names:
        if any(name == each or name.startswith(f"{each}/") for each in allowed) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def may_mount() -> bool:
    """Return whether this user may mount an overlay on a folder of memory, as the steps do."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    root = Path(tempfile.gettempdir(), "frontleak-try", "root")
    return _in_namespace(" && ".join((*_layered(root), f"chroot {root} true")), 60).returncode == 0


def _in_namespace(script: str, patience: float) -> "subprocess.CompletedProcess[str]":
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    return subprocess.run(
        [*sudo, "unshare", "--mount", "bash", "-euo", "pipefail", "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=patience,
        check=False,
    )


def run_image(folder: Path, mounted: Path, commands: Sequence[Sequence[str]], text: str) -> list[Ran]:
    """Run a Dockerfile's steps, and one container for each command, with a folder mounted at /src, read-only."""
    made = folder / "results"
    made.mkdir()
    script = "\n".join([*_build(context(folder / "context"), folder, text), *_runs(made, mounted, commands, text)])
    done = _in_namespace(script, _SLOW)
    assert done.returncode == 0, done.stdout
    ends = ((made / f"{number}.code", made / f"{number}.text") for number in range(len(commands)))
    return [Ran(int(code.read_text()), log.read_text()) for code, log in ends]


def _build(context: Path, folder: Path, text: str) -> Iterator[str]:
    python = Path(os.path.realpath(sys.executable))
    root, env, workdir, stages = "", dict[str, str](), "/", dict[str, str]()
    for name, rest in instructions(text):
        match name, shlex.split(rest):
            case "FROM", [_, *named]:
                root, env, workdir = f"{folder}/stage-{len(stages)}", {}, "/"
                stages[named[1] if named else ""] = root = f"{root}/root"
                yield from _base(Path(root), python)
            case "ENV", pairs:
                env |= dict(pair.split("=", 1) for pair in pairs)
            case "WORKDIR", [workdir]:
                yield f"mkdir -p {root}{workdir}"
            case "COPY", [*sources, target]:
                origin = str(context)
                if sources[0].startswith("--from="):
                    origin, sources = stages[sources[0].removeprefix("--from=")], sources[1:]
                to = f"{root}{os.path.normpath(os.path.join(workdir, target))}"
                into = target.endswith("/")
                for source in sources:
                    end = f"{to}/{os.path.basename(source)}" if into else to
                    yield f"mkdir -p $(dirname {end}) && cp -a {origin}/{source.lstrip('/')} {end}"
            case "RUN", _:
                yield _inside(root, workdir, env, ["/bin/sh", "-c", rest])
            case "LABEL" | "USER" | "ENTRYPOINT" | "CMD", _:
                pass
            case other:
                raise AssertionError(other)
    yield f"root={root}"


def _base(root: Path, python: Path) -> Iterator[str]:
    """Yield the lines that make what the base image has: Debian, Python at /usr/local/bin, and no virtual environment."""
    yield from _layered(root)
    yield f"mkdir -p {root}/dev {root}/proc && mount --rbind /dev {root}/dev && mount --rbind /proc {root}/proc"
    yield f"rm -rf {root}/src && mkdir -p {root}/tmp && chmod 1777 {root}/tmp"
    yield f"ln -sf {python} {root}/usr/local/bin/python"
    library = f"lib/python{sys.version_info.major}.{sys.version_info.minor}"
    target = f"{root}/usr/local/{library}"
    yield f"rm -rf {target} && ln -s {python.parent.parent}/{library} {target}"
    for parent in python.parents:  # root's own folder may be closed to others
        yield f"chmod o+x {root}{parent}"


def _layered(root: Path) -> Iterator[str]:
    """Yield the lines that show this machine's files at a root, with a layer in memory over them."""
    above = root.parent
    yield f"mkdir -p {above} && mount -t tmpfs tmpfs {above} && mkdir {above}/upper {above}/work {root}"
    yield f"mount -t overlay overlay -o lowerdir=/,upperdir={above}/upper,workdir={above}/work {root}"


def _inside(root: str, workdir: str, env: dict[str, str], command: Sequence[str], user: str = "") -> str:
    path = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    known = {name: value for name, value in os.environ.items() if _PROXIES.match(name)} if not user else {}
    given = {"HOME": "/" if user else "/root", **known, "PATH": path}
    given |= {name: value.replace("$PATH", path) for name, value in env.items()}
    words = [f"{name}={value}" for name, value in given.items()]
    userspec = [f"--userspec={user}"] if user else []
    inner = ["env", "-i", f"--chdir={workdir}", *words, *command]
    return shlex.join(["chroot", *userspec, root, *inner])


def _runs(made: Path, mounted: Path, commands: Sequence[Sequence[str]], text: str) -> Iterator[str]:
    final = list(instructions(text.rpartition("\nFROM ")[2]))
    env = {
        key: value
        for name, rest in final
        if name == "ENV"
        for key, value in (e.split("=", 1) for e in shlex.split(rest))
    }
    known = dict(final)
    entry, default, workdir = json.loads(known["ENTRYPOINT"]), json.loads(known["CMD"]), known["WORKDIR"]
    yield f"mount --bind {mounted} $root/src && mount -o remount,ro,bind $root/src"
    for number, command in enumerate(commands):
        line = _inside("ROOT", workdir, env, [*entry, *(command or default)], known["USER"]).replace(
            " ROOT ", " $root "
        )
        yield f"code=0; {line} > {made}/{number}.text 2>&1 || code=$?; echo $code > {made}/{number}.code"
