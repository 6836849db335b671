"""Builders of HAR files."""

import json
from pathlib import Path
from typing import Any


def record(url: str, text: str = "", media: str = "application/javascript", **more: Any) -> dict[str, Any]:
    """Return a record of a successful response; `request`, `response` and `content` add members, others the record."""
    content = {"size": len(text), "mimeType": media, "text": text} | more.pop("content", {})
    response = {"status": 200, "headers": [], "content": content} | more.pop("response", {})
    request = {"method": "GET", "url": url, "headers": []} | more.pop("request", {})
    return {"request": request, "response": response} | more


def har_text(*records: Any) -> str:
    """Return the text of a HAR with some records, and members around them as browsers write them."""
    log = {"version": "1.2", "creator": {"name": "test"}, "pages": [{"id": "]}"}], "entries": records}
    return json.dumps({"log": log}, ensure_ascii=False, indent=1)


def write_har(folder: Path, *records: Any, name: str = "site.har") -> Path:
    """Write a HAR and return its path."""
    path = folder / name
    path.write_text(har_text(*records), "utf-8")
    return path


def header(name: str, value: str) -> dict[str, str]:
    """Return a header as a HAR has it."""
    return {"name": name, "value": value}
