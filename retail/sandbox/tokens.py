"""Bearer tokens of the sandbox: one for the operator, and one per shop derived from it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def control_token(folder: Path) -> str:
    """The operator's token: ``SANDBOX_TOKEN``, or the one kept in ``folder/token`` (made at first use, mode 0600).

    The file is completed under another name and linked into place, so that of two processes starting at once both read
    the same token.
    """
    given = os.environ.get("SANDBOX_TOKEN", "")
    if given:
        return given
    kept = folder / "token"
    if not kept.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"token.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            kept.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first; its token is the one
        finally:
            draft.unlink()
    return kept.read_text().strip()


def shop_token(control: str, shop: str) -> str:
    """The token of one shop's API: knowing one shop's token tells nothing about another's."""
    return hmac.new(control.encode(), f"shop:{shop}".encode(), hashlib.sha256).hexdigest()


def carries(header: str, token: str) -> bool:
    """Whether an ``Authorization`` header presents this token; compared in constant time."""
    scheme, _, presented = header.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        presented.strip().encode(errors="surrogateescape"), token.encode()
    )
