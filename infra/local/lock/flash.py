"""A lock's durable memory, as a file. It belongs to one secret: with another, nothing of the old can be replayed."""

import hashlib
from dataclasses import asdict
from pathlib import Path

from .credentials import read, write
from .firmware import Memory


class Flash:
    """One lock's memory in one file."""

    def __init__(self, file: Path, secret: str) -> None:
        self.file = file
        self.owner = hashlib.sha256(secret.encode()).hexdigest()

    def load(self) -> Memory:
        """What was kept under this secret, else an empty memory."""
        kept = read(self.file) if self.file.exists() else {}
        return Memory(**kept["memory"]) if kept.get("secret_sha256") == self.owner else Memory()

    def keep(self, memory: Memory) -> None:
        write(self.file, {"secret_sha256": self.owner, "memory": asdict(memory)})
