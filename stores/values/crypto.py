"""Secrets at rest: digests of API keys, and sealed credentials and contacts.

API keys are long random words, so a keyed digest (HMAC-SHA256) is enough and fast; the key of the digest, the pepper, is
numbered so that it can be replaced while older digests stay valid. What must be read again is sealed with AES-256-GCM: the
token names its key, and is bound to a ``context`` such as ``connection:17``, so that it cannot be moved to another row.

Keys come from the environment. ``MERIDIAN_ENCRYPTION_KEYS`` is ``1:base64,2:base64`` (32 bytes each; the highest number
seals, the others still open) and ``API_KEY_PEPPER_1`` any long text. Without them both are derived from the installation's
secret key by HKDF, as key 0 and pepper 1.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_HEADER_BYTES = 3
_HIGHEST_KEY = 65_535
_DERIVED_KEY = 0


class Unsealable(ValueError):  # noqa: N818  (reads as what the token is)
    """The token was sealed with another key, for another context, or is not one of ours."""


@dataclass(frozen=True)
class Keyring:
    """The installation's keys: by number, which one seals, and the peppers of digests."""

    secret: bytes
    keys: Mapping[int, bytes]
    peppers: Mapping[int, bytes]

    @property
    def sealing(self) -> int:
        """Number of the key that seals now."""
        return max(self.keys)

    @property
    def newest_pepper(self) -> int:
        """Number of the pepper that new digests are made with."""
        return max(self.peppers)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, such as sealing cursors; different purposes tell nothing about each other."""
        return HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"meridian {purpose}".encode()).derive(self.secret)

    def digest(self, secret: str, *, pepper: int) -> bytes:
        """The keyed digest of a key's secret. KeyError when the pepper's number is not known here."""
        return hmac.digest(self.peppers[pepper], secret.encode(), "sha256")

    def seal(self, plaintext: bytes, *, context: str) -> bytes:
        """Encrypt for one place. The token is 31 bytes longer than the text."""
        number = self.sealing
        header = _FORMAT + number.to_bytes(2, "big")
        nonce = os.urandom(_NONCE_BYTES)
        return header + nonce + AESGCM(self.keys[number]).encrypt(nonce, plaintext, header + context.encode())

    def unseal(self, token: bytes | memoryview, *, context: str) -> bytes:
        """The text of a token. Unsealable when it is not ours, changed, or was sealed for another context."""
        raw = bytes(token)
        header, nonce, sealed = raw[:_HEADER_BYTES], raw[_HEADER_BYTES:][:_NONCE_BYTES], raw[_HEADER_BYTES:]
        number = key_number(raw)
        key = self.keys.get(number)
        if key is None:
            raise Unsealable(f"the token was sealed with key {number}, which this installation does not have")
        try:
            return AESGCM(key).decrypt(nonce, sealed[_NONCE_BYTES:], header + context.encode())
        except (InvalidTag, ValueError) as error:
            raise Unsealable("the token was changed, or sealed for another place") from error


def key_number(token: bytes | memoryview) -> int:
    """The number of the key a token was sealed with, so that rotation can find what is left to do."""
    raw = bytes(token[:_HEADER_BYTES])
    if len(raw) < _HEADER_BYTES or raw[:1] != _FORMAT:
        raise Unsealable("this is not a sealed token")
    return int.from_bytes(raw[1:], "big")


def keyring(secret: str, environment: Mapping[str, str]) -> Keyring:
    """The keys of an installation with this secret key and environment. ValueError says which part is malformed."""
    ring = Keyring(secret.encode(), {}, {})
    keys = {_DERIVED_KEY: ring.derived("encryption key")}
    for part in filter(None, (environment.get("MERIDIAN_ENCRYPTION_KEYS") or "").split(",")):
        number, key = _numbered_key(part.strip())
        keys[number] = key
    peppers = {1: ring.derived("api key pepper 1")}
    for name, value in environment.items():
        number_text = name.removeprefix("API_KEY_PEPPER_")
        if number_text != name and number_text.isdecimal() and value:
            peppers[int(number_text)] = value.encode()
    return Keyring(secret.encode(), keys, peppers)


def _numbered_key(part: str) -> tuple[int, bytes]:
    number, _, encoded = part.partition(":")
    if not number.isdecimal() or not 1 <= int(number) <= _HIGHEST_KEY:
        raise ValueError("MERIDIAN_ENCRYPTION_KEYS is 'number:base64' with numbers from 1, separated by commas")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError(f"MERIDIAN_ENCRYPTION_KEYS: key {number} is not base64") from error
    if len(key) != _KEY_BYTES:
        raise ValueError(f"MERIDIAN_ENCRYPTION_KEYS: key {number} has {len(key)} bytes, a key has {_KEY_BYTES}")
    return int(number), key


class _Installed:
    """The ring of this process; set once when the application starts."""

    ring: Keyring | None = None


def install(ring: Keyring) -> None:
    """Make the ring the one of this process."""
    _Installed.ring = ring


def installed() -> Keyring:
    """The ring of this process. RuntimeError before the application has started."""
    if _Installed.ring is None:
        raise RuntimeError("no keys are installed: the application has not started")
    return _Installed.ring


def seal(plaintext: bytes, *, context: str) -> bytes:
    """Encrypt with this installation's newest key; ``context`` names the place, such as ``connection:17``."""
    return installed().seal(plaintext, context=context)


def unseal(token: bytes | memoryview, *, context: str) -> bytes:
    """Decrypt what ``seal`` made for the same context. Unsealable otherwise."""
    return installed().unseal(token, context=context)
