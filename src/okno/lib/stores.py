"""The two file stores of an installation, below its data folder."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from okno.lib.blobs import BlobStore


@cache
def file_store() -> BlobStore:
    """Return the store of attachments."""
    return BlobStore(settings.DATA_DIR / "files")


@cache
def raw_store() -> BlobStore:
    """Return the store of mail as it came."""
    return BlobStore(settings.DATA_DIR / "raw")
