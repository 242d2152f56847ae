"""Sealed secrets and key digests."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.values import crypto
from stores.values.crypto import Unsealable, keyring

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@given(st.binary(max_size=200), st.text(max_size=30))
def test_what_was_sealed_can_be_read_in_its_place_only(plaintext: bytes, context: str) -> None:
    ring = keyring("secret", {})
    token = ring.seal(plaintext, context=context)
    assert ring.unseal(memoryview(token), context=context) == plaintext
    assert token != ring.seal(plaintext, context=context)
    with pytest.raises(Unsealable):
        ring.unseal(token, context=context + "x")


@given(st.integers(0, 33), st.integers(1, 255))
def test_a_changed_token_is_refused(place: int, flip: int) -> None:
    ring = keyring("secret", {})
    token = bytearray(ring.seal(b"abc", context="connection:1"))
    token[place] ^= flip
    with pytest.raises(Unsealable):
        ring.unseal(bytes(token), context="connection:1")


@pytest.mark.parametrize(
    "token", [b"", b"\x01", b"\x01\x00\x00", b"\x01\x00\x00short", b"plain text that was never sealed"]
)
def test_what_is_no_token_is_refused(token: bytes) -> None:
    with pytest.raises(Unsealable):
        keyring("secret", {}).unseal(token, context="x")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    derived = keyring("secret", {}).seal(b"0", context="x")
    old = keyring("secret", {"MERIDIAN_ENCRYPTION_KEYS": f"1:{OLD}"}).seal(b"1", context="x")
    both = keyring("secret", {"MERIDIAN_ENCRYPTION_KEYS": f"1:{OLD}, 2:{NEW}"})
    fresh = both.seal(b"2", context="x")
    assert [both.unseal(token, context="x") for token in (derived, old, fresh)] == [b"0", b"1", b"2"]
    assert [crypto.key_number(token) for token in (derived, old, fresh)] == [0, 1, 2]
    with pytest.raises(Unsealable, match="key 2"):
        keyring("secret", {"MERIDIAN_ENCRYPTION_KEYS": f"1:{OLD}"}).unseal(fresh, context="x")


@pytest.mark.parametrize("keys", ["x", "0:" + OLD, "1:short", "1:!!!!", "70000:" + OLD, OLD, "-1:" + OLD])
def test_malformed_keys_are_refused_at_the_start(keys: str) -> None:
    with pytest.raises(ValueError, match="MERIDIAN_ENCRYPTION_KEYS"):
        keyring("secret", {"MERIDIAN_ENCRYPTION_KEYS": keys})


def test_digests_depend_on_secret_pepper_and_installation() -> None:
    ring = keyring("secret", {"API_KEY_PEPPER_2": "two"})
    digests = {
        ring.digest("a", pepper=1),
        ring.digest("a", pepper=2),
        ring.digest("b", pepper=1),
        keyring("other", {}).digest("a", pepper=1),
    }
    assert ring.newest_pepper == 2
    assert len(digests) == 4
    assert ring.digest("a", pepper=1) == keyring("secret", {}).digest("a", pepper=1)
    with pytest.raises(KeyError):
        ring.digest("a", pepper=3)


def test_purposes_do_not_share_their_bytes() -> None:
    ring = keyring("secret", {})
    assert len({ring.derived("cursors"), ring.derived("encryption key"), ring.keys[0], ring.peppers[1]}) == 3


def test_the_application_has_keys() -> None:
    assert crypto.unseal(crypto.seal(b"x", context="case:1"), context="case:1") == b"x"
