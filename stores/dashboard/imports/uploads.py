"""A bound on uploads while they arrive: what is too large is never kept, whatever its header promises."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from stores.actions.imports import LARGEST_UPLOAD

LARGEST_SHOWN = f"{LARGEST_UPLOAD >> 20} MB"


class Bounded(FileUploadHandler):
    """The first of FILE_UPLOAD_HANDLERS: counts the bytes of all files of a request and stops reading past the bound."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on to the next handler."""
        self.received += len(raw_data)
        if self.received > LARGEST_UPLOAD:
            request: Any = self.request
            if request is not None:
                request.upload_too_large = True
            # Read to its end and thrown away, because a browser that is cut off shows its own error instead of ours.
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """Another handler keeps the file."""
        return None


def was_too_large(request: HttpRequest) -> bool:
    """Whether the request's files were stopped at the bound."""
    return bool(getattr(request, "upload_too_large", False))
