"""The NIR at rest: AES-GCM ciphertext to show it on demand, a keyed hash of 13 characters to match it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
BLOCK_BYTES = 64  # of SHA-256


def encrypt(text: str) -> bytes:
    """Ciphertext of `text`, its random nonce in front."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(settings.NIR_KEY).encrypt(nonce, text.encode(), None)


def decrypt(data: bytes) -> str:
    """The text back; raises `cryptography.exceptions.InvalidTag` when the data or the key is wrong."""
    return AESGCM(settings.NIR_KEY).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None).decode()


def keyed_hash(text: str) -> str:
    """Hash for equality only, useless without the key (64 hexadecimal characters)."""
    return hasher()(text)


def hasher() -> Callable[[str], str]:
    """`keyed_hash` for many texts: the key goes through SHA-256 once (HMAC, RFC 2104), which is most of the work."""
    key = settings.NIR_HASH_KEY
    if len(key) > BLOCK_BYTES:
        key = hashlib.sha256(key).digest()
    key = key.ljust(BLOCK_BYTES, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))

    def hashed(text: str) -> str:
        inside, outside = inner.copy(), outer.copy()
        inside.update(text.encode())
        outside.update(inside.digest())
        return outside.hexdigest()

    return hashed


def token_hash(token: str) -> str:
    """Plain SHA-256 of a random token of 256 bits: what the database keeps of invitations and API tokens."""
    return hashlib.sha256(token.encode()).hexdigest()
