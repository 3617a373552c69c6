"""What we sign for a lock and a lock for us: hex HMAC-SHA256 under its secret, over parts joined by colons."""

import hmac


def sign(secret: str, *parts: object) -> str:
    """The signature; the key is the UTF-8 text of the secret as it was answered."""
    return hmac.digest(secret.encode(), ":".join(map(str, parts)).encode(), "sha256").hex()


def signed(secret: str, signature: str, *parts: object) -> bool:
    """Whether a signature is that of these parts."""
    return hmac.compare_digest(sign(secret, *parts).encode(), signature.lower().encode())
