"""The public variables of an `.env` file that git ignores. Imported only where there is one."""

from functools import cache

from frontleak.core.blob import Blob
from frontleak.core.records import replace
from frontleak.files.env_file import public_part
from frontleak.misuse.variable_names import public_prefix
from frontleak.resolve.projects import framework_ids
from frontleak.rules.frameworks import Framework, using_frameworks


def only_public(blob: Blob, path: str, frameworks: tuple[Framework, ...]) -> Blob | None:
    """Return a blob with all but the public variables blank; None if it has none.

    Args:
        blob: of an `.env` file.
        path: of the file, absolute, with forward slashes.
        frameworks: of the scan; empty for the shipped ones.
    """
    used = cache(lambda: framework_ids(path.rpartition("/")[0]))

    def is_public(name: str) -> bool:
        return bool(public_prefix(name)) and bool(public_prefix(name, used()))  # most names have no such prefix

    with using_frameworks(frameworks):  # also in a worker process
        data = public_part(blob.data, is_public)
    return None if data is None else replace(blob, data=data)
