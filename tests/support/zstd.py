"""The zstd module of this Python: the standard library's from 3.14 on, its backport below."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import CompressionParameter, ZstdCompressor, compress, train_dict
else:
    from backports.zstd import CompressionParameter, ZstdCompressor, compress, train_dict

MODULE = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
"""Its name."""

__all__ = ["MODULE", "CompressionParameter", "ZstdCompressor", "compress", "train_dict"]
