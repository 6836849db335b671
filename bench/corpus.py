"""Build the benchmark corpus: views of frontend files from pinned npm packages."""

from __future__ import annotations

import argparse
import fnmatch
import hashlib
import os
import random
import shutil
import string
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

DEFAULT_FOLDER = Path("~/.cache/frontleak-bench")
PACKAGES_FILE = Path(__file__).with_name("packages.toml")

PLANTED_NAME = "index-4f3c2a1b.js"
"""Name of the generated file in each view; no package contains a file with this name."""

PLANTED_CODE = (
    'import{c as e,a as t}from"./vendor-9d1e7c02.js";'
    'const r=e({projectId:"abcd1234",dataset:"production",useCdn:!1,token:"%s"});'
    "async function n(e){return(await r.fetch(t,{slug:e})).map(e=>({...e,href:`/posts/${e.slug}`}))}"
    "export{r as client,n as posts};\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSpec:
    """A view in `packages.toml`."""

    name: str
    title: str
    files: int
    bytes: int
    digest: str
    select: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusSpec:
    """The content of `packages.toml`."""

    suffixes: frozenset[str]
    packages: dict[str, str]
    views: tuple[ViewSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Size of a folder."""

    files: int
    bytes: int


class CorpusError(Exception):
    """The corpus could not be built as specified in `packages.toml`."""


def load_spec(path: Path = PACKAGES_FILE) -> CorpusSpec:
    """Read the corpus specification."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    views = tuple(
        ViewSpec(
            name=name,
            title=view["title"],
            files=view["files"],
            bytes=view["bytes"],
            digest=view["digest"],
            select=tuple(view["select"]),
        )
        for name, view in data["views"].items()
    )
    return CorpusSpec(suffixes=frozenset(data["suffixes"]), packages=data["packages"], views=views)


def fake_token(seed: int | str) -> str:
    """Return a fake Sanity token: `sk` and 178 letters and digits."""
    # deterministic, and not used for security
    generator = random.Random(seed)
    return "sk" + "".join(generator.choices(string.ascii_letters + string.digits, k=178))


def files_below(folder: Path) -> list[Path]:
    """Return the files below a folder, sorted by path."""
    found = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    return sorted(found, key=lambda path: path.as_posix())


def size_of(folder: Path) -> Size:
    """Return the number and total bytes of the files below a folder."""
    sizes = [path.stat().st_size for path in files_below(folder)]
    return Size(files=len(sizes), bytes=sum(sizes))


def digest_of(folder: Path) -> str:
    """Return the SHA-256 of the paths and contents of a folder's files, in sorted order."""
    total = hashlib.sha256()
    for path in files_below(folder):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return total.hexdigest()


def download(package: str, version: str, folder: Path) -> Path:
    """Download a package's tarball into a folder with `npm pack` and return its path."""
    command = ["npm", "pack", "--silent", "--ignore-scripts", f"{package}@{version}"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise CorpusError("npm is not on PATH; the corpus is downloaded with `npm pack`") from error
    except subprocess.CalledProcessError as error:
        raise CorpusError(f"npm pack {package}@{version} failed: {error.stderr.strip()}") from error
    return folder / done.stdout.split()[-1]


def unpack(tarball: Path, folder: Path, suffixes: frozenset[str]) -> None:
    """Unpack the files of an npm tarball that have one of the suffixes, without its top folder."""
    with tarfile.open(tarball) as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or not parts or "node_modules" in parts:
                continue
            if PurePosixPath(member.name).suffix in suffixes:
                renamed = member.replace(name="/".join(parts), deep=False)
                archive.extract(renamed, folder, filter="data")


def fetch_package(spec: CorpusSpec, package: str, folder: Path) -> Path:
    """Return the unpacked folder of a package; download it if it is missing."""
    version = spec.packages[package]
    unpacked = folder / "packages" / f"{package}@{version}"
    if unpacked.is_dir():
        return unpacked
    unpacked.parent.mkdir(parents=True, exist_ok=True)
    partial = unpacked.with_name(unpacked.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    tarball = download(package, version, folder)
    unpack(tarball, partial, spec.suffixes)
    tarball.unlink()
    partial.rename(unpacked)
    return unpacked


def selected(spec: CorpusSpec, view: ViewSpec, folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file of a view and its path in the view."""
    for entry in view.select:
        package, _, pattern = entry.partition(":")
        unpacked = fetch_package(spec, package, folder)
        matched = False
        for path in files_below(unpacked):
            inside = path.relative_to(unpacked).as_posix()
            if fnmatch.fnmatchcase(inside, pattern or "*"):
                matched = True
                yield path, f"{package}/{inside}"
        if not matched:
            raise CorpusError(f"view {view.name}: {entry} selects no file")


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-link a file to a target, or copy it if the disk does not allow that."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def plant(view: ViewSpec, folder: Path) -> None:
    """Write the generated file of a view: client-side code that leaks a fake token."""
    target = folder / "app" / "assets" / PLANTED_NAME
    target.parent.mkdir(parents=True)
    target.write_text(PLANTED_CODE % fake_token(view.name), encoding="utf-8")


def prepare_folder(wanted: Path) -> Path:
    """Create the cache folder; refuse one in a git repository, because tools apply its ignore rules."""
    folder = wanted.expanduser().resolve()
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            raise CorpusError(f"{folder} is inside the git repository {parent}; pass a folder outside with --dir")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def build_view(spec: CorpusSpec, view: ViewSpec, folder: Path) -> Path:
    """Build a view and return its folder; reuse a finished one."""
    finished = folder / "views" / view.name
    if finished.is_dir() and size_of(finished) == Size(files=view.files, bytes=view.bytes):
        return finished
    shutil.rmtree(finished, ignore_errors=True)
    partial = finished.with_name(view.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    for source, inside in selected(spec, view, folder):
        link_or_copy(source, partial / inside)
    plant(view, partial)
    size, digest = size_of(partial), digest_of(partial)
    if (size.files, size.bytes, digest) != (view.files, view.bytes, view.digest):
        raise CorpusError(
            f"view {view.name} does not match {PACKAGES_FILE.name}; the built view has\n"
            f'files = {size.files}\nbytes = {size.bytes}\ndigest = "{digest}"'
        )
    partial.rename(finished)
    return finished


def main() -> int:
    """Build the views named on the command line, or all of them."""
    spec = load_spec()
    names = [view.name for view in spec.views]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("views", nargs="*", metavar="VIEW", help=f"one of {', '.join(names)}; default: all")
    parser.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="cache folder")
    options = parser.parse_args()
    if unknown := set(options.views) - set(names):
        parser.error(f"no view named {', '.join(sorted(unknown))}")
    wanted = [view for view in spec.views if not options.views or view.name in options.views]
    try:
        folder = prepare_folder(options.dir)
        for view in wanted:
            built = size_of(build_view(spec, view, folder))
            print(f"{view.name}: {built.files:,} files, {built.bytes / 1e6:,.1f} MB")
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
