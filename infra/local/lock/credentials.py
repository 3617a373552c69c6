"""What the API answers when a device is made, which is all that a lock needs to know."""

import json
import os
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Unusable(Exception):
    """Why a lock cannot begin, and what to do about it."""


@dataclass(frozen=True)
class Credentials:
    """One lock's identity."""

    id: str  # the device's UUID in the API
    device_id: str  # its hardware id, which is also its name in MQTT
    secret: str
    endpoint: str
    port: int
    certificate_pem: str
    private_key_pem: str
    ca_pem: str

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Credentials":
        """From the JSON answer of `POST /api/v1/devices/`, or its `data` alone. Raises `Unusable`."""
        data = answer.get("data", answer)
        try:
            mqtt = data["mqtt"]
            pems = {name: str(mqtt[name]) for name in ("certificate_pem", "private_key_pem", "ca_pem")}
            return cls(
                id=str(data["id"]),
                device_id=str(data["device_id"]),
                secret=str(data["device_secret"]),
                endpoint=str(mqtt["endpoint"]),
                port=int(mqtt["port"]),
                **pems,
            )
        except (KeyError, TypeError, ValueError):
            raise Unusable(
                "This is not the answer of POST /api/v1/devices/, the only one that shows device_secret and mqtt."
            ) from None

    def tls(self) -> ssl.SSLContext:
        """Mutual TLS: this lock's certificate, and no authority but its own."""
        context = ssl.create_default_context(cadata=self.ca_pem)
        with tempfile.NamedTemporaryFile("w") as pem:  # Python takes them from files only
            pem.write(self.certificate_pem + "\n" + self.private_key_pem)
            pem.flush()
            context.load_cert_chain(pem.name)
        return context


def read(file: Path) -> dict[str, Any]:
    """A JSON object that lies in a file. Raises `Unusable`."""
    try:
        found = json.loads(file.read_text())
    except FileNotFoundError:
        raise Unusable(f"There is no file {file}.") from None
    except (OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read: {error}. If `make lock` made it, delete it to begin anew.") from None
    if not isinstance(found, dict):
        raise Unusable(f"{file} holds no JSON object. If `make lock` made it, delete it to begin anew.")
    return found


def write(file: Path, content: Mapping[str, Any]) -> None:
    """Keep a JSON object durably, for its owner's eyes alone: all of it or what was there before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(content, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
