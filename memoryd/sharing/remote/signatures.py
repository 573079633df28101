"""Signatures: who may write to a remote. A pair of keys is made once; the private one stays with who writes, CI for example."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from memoryd.errors import UsageError

PRIVATE, PUBLIC = "memoryd-private-", "memoryd-public-"
"""What keys begin with as text, so that nobody takes one for the other."""
KEY_BYTES, SIGNATURE_BYTES = 32, 64


class Pair(NamedTuple):
    """A new pair of keys as text."""

    private: str
    public: str


def new_pair() -> Pair:
    """Make a pair of keys."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    return Pair(_text(PRIVATE, private.private_bytes_raw()), _text(PUBLIC, private.public_key().public_bytes_raw()))


def public_of(private: str) -> str:
    """Return the public key that belongs to a private one. Raises `UsageError` for a text that is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return _text(PUBLIC, Ed25519PrivateKey.from_private_bytes(_bytes(PRIVATE, private)).public_key().public_bytes_raw())


def check_public(key: str) -> None:
    """Raise `UsageError` for a text that is no public key."""
    _bytes(PUBLIC, key)


def signature_of(private: str, data: bytes) -> bytes:
    """Sign data with a private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_bytes(PRIVATE, private)).sign(data)


def is_signed(public: str, data: bytes, signature: bytes) -> bool:
    """Tell whether the owner of a public key signed data."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(_bytes(PUBLIC, public)).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(kind: str, key: bytes) -> str:
    return kind + urlsafe_b64encode(key).decode().rstrip("=")


def _bytes(kind: str, key: str) -> bytes:
    """Return the bytes of a key as text. The text is never part of the error: it may be private."""
    try:
        found = urlsafe_b64decode(key.removeprefix(kind) + "=") if key.startswith(kind) else b""
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != KEY_BYTES:
        raise UsageError(f"that is no key of a remote, which begins with {kind}; make a pair with: memoryd remote key")
    return found
