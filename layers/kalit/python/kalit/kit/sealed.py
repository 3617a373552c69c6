"""Texts that are kept under a KMS key: nobody reads them without the right to that key.

Each has a data key of its own (AES-256-GCM) and is compressed, so there is no limit to its size but that of its row.
"""

import base64
import os
import zlib

from . import aws
from .resources import Cipher, Grant

SEAL: tuple[Grant, ...] = (Cipher.PRIVATE.seal,)
OPEN: tuple[Grant, ...] = (Cipher.PRIVATE.open,)
NONCE = 12  # bytes


def seal(text: str, purpose: str) -> str:
    """The text, sealed for a purpose such as `one-time password of <uuid>`. One kms:GenerateDataKey."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = aws.client("kms").generate_data_key(
        KeyId=Cipher.PRIVATE.id, KeySpec="AES_256", EncryptionContext={"purpose": purpose}
    )
    nonce = os.urandom(NONCE)
    hidden = nonce + AESGCM(key["Plaintext"]).encrypt(nonce, zlib.compress(text.encode()), purpose.encode())
    return ".".join(base64.b64encode(part).decode() for part in (key["CiphertextBlob"], hidden))


def unseal(sealed: str, purpose: str) -> str:
    """The text again. Another purpose, or a changed text, is an error. One kms:Decrypt."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    wrapped, hidden = map(base64.b64decode, sealed.split("."))
    key = aws.client("kms").decrypt(
        KeyId=Cipher.PRIVATE.id, CiphertextBlob=wrapped, EncryptionContext={"purpose": purpose}
    )
    text = AESGCM(key["Plaintext"]).decrypt(hidden[:NONCE], hidden[NONCE:], purpose.encode())
    return zlib.decompress(text).decode()
