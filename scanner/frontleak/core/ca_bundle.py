"""The certificates to trust instead of those that come with `requests`, as the environment sets them."""

import os
import ssl
from typing import Final

VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""The first that is set and not empty counts: those of `requests`, in its order, then that of OpenSSL."""


def ca_bundle() -> str | None:
    """Return the path of the file or folder of certificates that the environment names, or None."""
    return os.environ.get(_variable()) or None


def bundle_problem() -> str:
    """Return why the certificates that the environment names are of no use; empty if they are, or if it names none.

    Called after TLS has failed: loading a file of certificates takes milliseconds.
    """
    path = ca_bundle()
    if path is None:
        return ""
    try:
        if os.path.isdir(path):
            return ""
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except (OSError, ValueError):  # an SSLError is an OSError: no certificate in the file
        return f"the CA bundle that {_variable()} names cannot be read or contains no certificate"
    return ""


def _variable() -> str:
    return next((name for name in VARIABLES if os.environ.get(name)), "")
