"""A web server that lists a folder, serves ranges, and notes who asked for what."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Listing(ThreadingHTTPServer):
    """The server; its address ends with a slash."""

    def __init__(self, folder: Path, *, ranges: bool, moved_to: str) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.ranges, self.moved_to = ranges, moved_to
        self.asked: list[tuple[str, str]] = []
        """(path, the header Authorization) of each request."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(SimpleHTTPRequestHandler):
    server: Listing

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        if self.server.moved_to and not self.path.endswith("/"):
            self.send_response(302)
            self.send_header("Location", self.server.moved_to)
            self.end_headers()
            return
        wanted = self.headers.get("Range", "")
        file = Path(self.translate_path(self.path))
        if not (self.server.ranges and wanted and file.is_file()):
            super().do_GET()
            return
        data = file.read_bytes()
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        part = data[int(first) : int(last or len(data)) + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def end_headers(self) -> None:
        if self.server.ranges:
            self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def listing(folder: Path, *, ranges: bool = True, moved_to: str = "") -> Iterator[Listing]:
    """Serve a folder until the block ends."""
    server = Listing(folder, ranges=ranges, moved_to=moved_to)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
