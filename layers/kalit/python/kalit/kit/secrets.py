"""What others gave us to keep: secrets of Secrets Manager, read when they are first needed and kept for five minutes.

A new value holds within that time; until then the old one must, too.
"""

import json
import time

from . import aws
from .resources import Secret

FRESH = 300.0  # seconds

_kept: dict[str, tuple[float, dict[str, str]]] = {}


def read(secret: Secret) -> dict[str, str]:
    """The secret's fields, such as `{"api_key": "…"}`. One GetSecretValue in five minutes and process.

    Raises botocore's errors.
    """
    found = _kept.get(secret.id)
    if found is None or time.monotonic() - found[0] > FRESH:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=secret.id)
        found = _kept[secret.id] = (time.monotonic(), json.loads(answer["SecretString"]))
    return found[1]


def forget() -> None:
    """Read all anew."""
    _kept.clear()
