"""Measure what a gigabyte costs by where it is: on disk, in a web archive, in memory of a store, on a web server.

The files are a view of the corpus. `--check` only compares: a web archive has the findings of its files, apart from
where they are.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench import corpus, load, measure

if sys.version_info >= (3, 14):
    from compression.zstd import compress
else:
    from backports.zstd import compress

SITE = "https://site.example"
CHUNK = 8192


def record(url: str, data: bytes, *, encoded: bool, chunked: bool) -> bytes:
    """Return a record with a response, as it came over the wire."""
    headers = ["HTTP/1.1 200 OK", "Content-Type: application/octet-stream"]
    if encoded:
        data, headers = gzip.compress(data, 6), [*headers, "Content-Encoding: gzip"]
    if chunked:
        parts = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
        data = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        headers = [*headers, "Transfer-Encoding: chunked"]
    block = "\r\n".join((*headers, "", "")).encode() + data
    head = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def files_of(top: Path) -> list[Path]:
    """Return the files of a folder, in order."""
    return sorted(each for each in top.rglob("*") if each.is_file())


def url_of(file: Path, top: Path) -> str:
    """Return the URL that a file has in the archives."""
    return f"{SITE}/{file.relative_to(top).as_posix()}"


def write_archive(path: Path, top: Path, pack: Callable[[bytes], bytes]) -> Path:
    """Write a web archive: half of the responses encoded, a third in chunks."""
    with path.open("wb") as out:
        for number, file in enumerate(files_of(top)):
            made = record(url_of(file, top), file.read_bytes(), encoded=number % 2 > 0, chunked=number % 3 > 0)
            out.write(pack(made))
    return path


def zstd(data: bytes) -> bytes:
    """Return a frame of zstd."""
    return compress(data)


class _Listing(SimpleHTTPRequestHandler):
    def send_head(self) -> Any:
        """Send the list of a folder, not the page that may be in it."""
        is_folder = self.path.endswith("/")
        return self.list_directory(self.translate_path(self.path)) if is_folder else super().send_head()

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine, in a thread of this process, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Listing, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def sample_of(arguments: Sequence[str]) -> measure.Sample:
    """Scan in one process, and return the measurements.

    Raises:
        SystemExit: the scan failed.
    """
    fixed = ("-q", "--isolated", "--exit-zero", "--jobs", "1", "--format", "json")
    command = [sys.executable, "-m", "frontleak", "scan", *fixed, *arguments]
    with open(os.devnull, "wb") as nothing:
        sample = measure.run(
            command, folder=Path.cwd(), environment=dict(os.environ), output=nothing, errors=sys.stderr.buffer
        )
    if sample.exit_code:
        raise SystemExit(f"exit code {sample.exit_code}: {' '.join(command)}")
    return sample


def report_of(*paths: str, folder: Path) -> dict[str, Any]:
    """Scan some paths and return the report."""
    file = folder / "report.json"
    sample_of([*paths, "--show-public", "--show-server", "-o", str(file)])
    report: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return report


def places(report: dict[str, Any]) -> Counter[tuple[Any, ...]]:
    """Return what was found, without where."""
    return Counter(
        (finding["rule"], finding["secret"], place["line"], place["column"], tuple(place["via"]), place["label"])
        for finding in report["findings"]
        for place in (finding, *finding["also_at"])
    )


def check(top: Path, folder: Path, archives: Iterable[Path]) -> bool:
    """Print and return whether archives have the findings of the same files, as saved responses."""
    rows = (json.dumps({"path": str(file), "url": url_of(file, top)}) for file in files_of(top))
    (folder / "urls.jsonl").write_text("\n".join(rows), "utf-8")
    saved = places(report_of(str(top), "--url-manifest", str(folder / "urls.jsonl"), folder=folder))
    same = True
    for archive in archives:
        found = report_of(str(archive), folder=folder)
        is_equal = places(found) == saved and not any(each["incomplete"] for each in found["skipped"])
        print(f"{archive.name}: {'the same' if is_equal else 'OTHER'} {saved.total()} places as on disk")
        same &= is_equal
    return same


def cost(name: str, paths: Sequence[str], size: int, rounds: int) -> str:
    """Return a row of the table: CPU seconds a gigabyte, and the memory of the largest process."""
    samples = [sample_of([*paths, "-o", os.devnull]) for _ in range(rounds)]
    cpu = min(each.user + each.system for each in samples)
    memory = max(each.largest_kib for each in samples) / 1024
    return f"| {name} | {cpu:.2f} | {cpu * 1e9 / size:.1f} | {memory:.0f} |"


def main() -> int:
    """Measure, or check, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--view", default="medium")
    parser.add_argument("--dir", type=Path, default=corpus.DEFAULT_FOLDER, help="where bench.corpus put the views")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--check", action="store_true", help="only compare the findings")
    parser.add_argument("--busy", action="store_true", help="measure although other programs run")
    options = parser.parse_args()
    top = options.dir.expanduser() / "views" / options.view
    if not top.is_dir():
        parser.error(f"no view {options.view}: python -m bench.corpus {options.view}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archives = [
            write_archive(folder / "site.warc", top, lambda data: data),
            write_archive(folder / "site.warc.gz", top, lambda data: gzip.compress(data, 6)),
            write_archive(folder / "site.warc.zst", top, zstd),
        ]
        if not check(top, folder, archives):
            return 1
        if options.check:
            return 0
        load.check(load.sample(), allow_busy=options.busy)
        size = sum(file.stat().st_size for file in files_of(top))
        print(f"\n{size:,} bytes in {len(files_of(top)):,} files, one process, least of {options.rounds}\n")
        print("| source | CPU s | CPU s a GB | MB |\n|---|---|---|---|")
        print(cost("files on disk", [str(top)], size, options.rounds))
        for archive in archives:
            print(
                cost(
                    f"`{archive.suffixes[-1]}`, {archive.stat().st_size:,} bytes", [str(archive)], size, options.rounds
                )
            )
        with served(top) as address:
            print(cost("`http://`", [address], size, options.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
