"""The keyed hash of a NIR is HMAC-SHA-256, whatever the length of its key."""

import hmac

import pytest

from hub.core.crypto import hasher, keyed_hash


@pytest.mark.parametrize("length", [1, 32, 64, 65, 200])
def test_the_keyed_hash_is_the_standard_one(settings, length):
    settings.NIR_HASH_KEY = bytes(range(length))
    hashed = hasher()
    for text in ("", "2850457990001", "é" * 100):
        expected = hmac.digest(settings.NIR_HASH_KEY, text.encode(), "sha256").hex()
        assert hashed(text) == keyed_hash(text) == expected
