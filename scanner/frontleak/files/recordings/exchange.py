"""Makes blobs of one record of a HAR file: the response, its headers, frames, and what the browser sent.

Sources: http://www.softwareishard.com/blog/har-12-spec/, `_webSocketMessages` and `_eventSourceMessages` of Chromium
(https://chromium.googlesource.com/devtools/devtools-frontend, HARLog), `_file` of Playwright (packages/trace, har.ts).
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from frontleak.core.blob import Blob
from frontleak.core.diagnostic import Code, Diagnostic, incomplete, note
from frontleak.core.origins import FileOrigin
from frontleak.core.url_origin import UrlOrigin, url_origin, whole_text
from frontleak.core.vocabulary import Exposure
from frontleak.files.read import to_blob, too_large
from frontleak.files.recordings.entries import HEADERS
from frontleak.files.recordings.har_home import HarHome, MissingBodyError

_LONGEST_URL: Final = 8192
_BINARY: Final = 2
"""Opcode of a WebSocket frame whose data is base64."""
_TEXTUAL: Final = ("javascript", "json", "html", "xml", "css", "text/")
"""Parts of the media types of what holds code or data."""
_OK: Final = range(200, 300)
_MAP_HEADERS: Final = ("sourcemap", "x-sourcemap")
NO_BODIES: Final = "has responses without their bodies, which were not scanned; record the site again with its content"


class ExchangeError(ValueError):
    """A record that is not valid JSON, or no object."""


class Exchange:
    """One request and its response. Whatever has another type than the format says counts as missing."""

    def __init__(self, data: bytes, number: int, shown: str, home: HarHome) -> None:
        """Decode a record.

        Args:
            data: its JSON text.
            number: from 1.
            shown: displayed path of the recording.
            home: reads bodies that are not in the record.

        Raises:
            ExchangeError: it cannot be decoded.
        """
        try:
            record = json.loads(data.decode("utf-8", "surrogateescape"), strict=False)
        except (ValueError, RecursionError) as error:
            raise ExchangeError(f"record {number} is not valid JSON") from error
        if not isinstance(record, dict):
            raise ExchangeError(f"record {number} is not a JSON object")
        self._record = record
        self._request, self._response = _object(record, "request"), _object(record, "response")
        self._content = _object(self._response, "content")
        self._number, self._shown, self._home = number, shown, home
        self.url = whole_text(_string(self._request, "url")[:_LONGEST_URL]).partition("#")[0]
        """Without its fragment; empty if the record has none."""

    @property
    def has_body(self) -> bool:
        """Whether the recording holds the body of a response that succeeded."""
        return self._status in _OK and bool(_string(self._content, "text") or _string(self._content, "_file"))

    @property
    def _status(self) -> int:
        status = self._response.get("status")
        return status if isinstance(status, int) else 0

    def parts(self, max_size: int) -> Iterator[Blob | Diagnostic]:
        """Yield the body, what else the server sent, and what the browser sent; nothing for a `data:` URL.

        Args:
            max_size: bytes of the largest part that is read.
        """
        if self.url[:5].lower() == "data:":  # its text is in the document that has it
            return
        yield from self._body(max_size)
        own, received = _headers(self._response), self._frames("receive")
        texts = (
            (HEADERS, Exposure.SERVED, "\n".join(own["rest"])),
            ("frames received", Exposure.SERVED, received),
            ("request", Exposure.REQUEST, self._sent()),
            ("frames sent", Exposure.REQUEST, self._frames("send")),
            ("cookies set", Exposure.REQUEST, "\n".join(own["cookies"])),
        )
        for part, exposure, text in texts:
            if text:
                yield self._blob(_bytes(text), exposure, max_size, part)
        yield from self._posted_file(max_size)

    def body(self, max_size: int) -> bytes | None:
        """Return the body of the response; None if it is missing or cannot be read."""
        found = next(self._body(max_size), None)
        return found.data if isinstance(found, Blob) else None

    def _body(self, max_size: int) -> Iterator[Blob | Diagnostic]:
        text, name = _string(self._content, "text"), _string(self._content, "_file")
        if text:
            data = _decoded(text) if _string(self._content, "encoding").lower() == "base64" else _bytes(text)
            yield self._blob(data, Exposure.SERVED, max_size)
        elif name:
            yield self._attached(name, Exposure.SERVED, max_size)
        elif self._status in _OK and self._is_missing:
            yield incomplete(Code.RECORDING, FileOrigin(path=self._shown), NO_BODIES)

    @property
    def _is_missing(self) -> bool:
        """Whether there was a body that may hold code or data."""
        sizes = (self._content.get("size"), self._response.get("bodySize"))
        had_any = any(isinstance(size, int) and size > 0 for size in sizes)
        return had_any and any(part in self._media for part in _TEXTUAL)

    @property
    def _media(self) -> str:
        return _string(self._content, "mimeType").partition(";")[0].strip().lower()

    def _origin(self, part: str = "") -> UrlOrigin:
        return url_origin(
            self.url or f"about:record-{self._number}",
            recording=self._shown,
            number=self._number,
            part=part,
            media="" if part else self._media,
            source_map="" if part else whole_text(self._map_header),
        )

    @property
    def _map_header(self) -> str:
        named = (_string(each, "value") for each in _objects(self._response, "headers") if _is_map_header(each))
        return next(named, "")[:_LONGEST_URL]

    def _blob(self, data: bytes, exposure: Exposure, max_size: int, part: str = "") -> Blob | Diagnostic:
        if len(data) > max_size:
            return note(Code.TOO_LARGE, self._origin(part), too_large(len(data)))
        return to_blob(self._origin(part), data, exposure)

    def _attached(self, name: str, exposure: Exposure, max_size: int, part: str = "") -> Blob | Diagnostic:
        """Return the blob of a file next to the recording; links and other folders are not followed."""
        if name in {".", ".."} or whole_text(name) != name or any(each in name for each in "/\\\0:"):
            message = "is in a file outside the folder of its recording, which was not read"
            return incomplete(Code.RECORDING, self._origin(part), message)
        try:
            return to_blob(self._origin(part), self._home.body(name, max_size), exposure)
        except MissingBodyError as error:
            message = f"is in the file {name} next to its recording, which {error}"
            return (note if error.is_note else incomplete)(Code.RECORDING, self._origin(part), message)

    def _sent(self) -> str:
        """Return the request as text: its line, headers and posted data."""
        headers = _headers(self._request)
        lines = [f"{_string(self._request, 'method')} {self.url}", *headers["rest"], *headers["cookies"]]
        if not headers["cookies"]:
            lines += [f"Cookie: {_pair(each, '=')}" for each in _objects(self._request, "cookies")]
        posted = _object(self._request, "postData")
        body = _string(posted, "text") or "\n".join(_pair(each, "=") for each in _objects(posted, "params"))
        return "\n".join(lines) + (f"\n\n{body}" if body else "")

    def _posted_file(self, max_size: int) -> Iterator[Blob | Diagnostic]:
        posted = _object(self._request, "postData")
        if name := "" if _string(posted, "text") else _string(posted, "_file"):
            yield self._attached(name, Exposure.REQUEST, max_size, "posted data")

    def _frames(self, direction: str) -> str:
        """Return the data of the frames of one direction, one after the other, each from a line of its own."""
        frames = [
            _decoded(_string(each, "data")).decode("utf-8", "replace")
            if each.get("opcode") == _BINARY
            else _string(each, "data")
            for each in _objects(self._record, "_webSocketMessages")
            if each.get("type") == direction
        ]
        if direction == "receive":
            frames += [_string(each, "data") for each in _objects(self._record, "_eventSourceMessages")]
        return "\n".join(frames)


def _headers(message: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Return the headers as lines, those with cookies apart: they are of the person who recorded."""
    lines: dict[str, list[str]] = {"cookies": [], "rest": []}
    for each in _objects(message, "headers"):
        is_cookie = _string(each, "name").lower() in {"cookie", "set-cookie"}
        lines["cookies" if is_cookie else "rest"].append(_pair(each, ": "))
    return lines


def _is_map_header(header: Mapping[str, Any]) -> bool:
    return _string(header, "name").lower() in _MAP_HEADERS


def _pair(each: Mapping[str, Any], between: str) -> str:
    return f"{_string(each, 'name')}{between}{_string(each, 'value')}"


def _object(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = holder.get(key)
    return found if isinstance(found, dict) else {}


def _objects(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = holder.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _string(holder: Mapping[str, Any], key: str) -> str:
    found = holder.get(key)
    return found if isinstance(found, str) else ""


def _bytes(text: str) -> bytes:
    """Return text as UTF-8: bytes that were none come back as they were, lone surrogates become `?`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _decoded(text: str) -> bytes:
    """Return the bytes of base64, or the text itself if it is none."""
    try:
        return base64.b64decode(text)
    except (ValueError, binascii.Error):
        return _bytes(text)
