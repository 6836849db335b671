"""Safe reading of YAML files from the scanned tree, which may be hostile."""

from typing import Any

from frontleak.rules.yaml_nesting import too_deep


def read_plain_yaml(data: bytes) -> Any:
    """Return the content of a YAML document with every scalar as a string; None if invalid or nested too deeply.

    The base loader neither resolves tags nor expands merge keys (`<<`), whose expansion can grow exponentially.
    """
    import yaml  # noqa: PLC0415 - 15 ms, only needed for a tree with such a file

    text = data.decode("utf-8-sig", "replace")
    if too_deep(text) is not None:
        return None
    try:
        return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 - builds no objects
    except (yaml.YAMLError, RecursionError):
        return None
