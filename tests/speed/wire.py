"""AWS in a process of its own, as far as it was recorded: an HTTP server that knows requests and their answers.

What is asked again is answered again; of several answers to the same question each in turn. A question that was not
recorded as it is, such as of a row whose key is random, has the answer to the last one of its operation and table.
"""

import json
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.speed.recording import Exchange


class Script:
    """The answers to one door's requests."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        told: dict[tuple[str, ...], list[Exchange]] = {}
        for exchange in exchanges:
            for subject in subjects(exchange.target, exchange.asked):
                told.setdefault(subject, []).append(exchange)
        self.answers = {subject: cycle(found) for subject, found in told.items()}

    def answer(self, target: str, asked: str) -> Exchange | None:
        known = (self.answers.get(subject) for subject in subjects(target, asked))
        return next((next(found) for found in known if found), None)


def subjects(target: str, asked: str) -> list[tuple[str, ...]]:
    """What a request is about, the narrowest first."""
    try:
        body = json.loads(asked)
    except ValueError:
        body = {}
    table = str(body.get("TableName") or body.get("KeyId") or body.get("QueueUrl") or "")
    key = json.dumps(body.get("Key") or body.get("ExpressionAttributeValues") or "", sort_keys=True)
    return [(target, table, key), (target, table), (target,)]


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        target = self.headers.get("X-Amz-Target") or f"{self.command} {urlsplit(self.path).path}"
        found = self.script.answer(target, asked)
        status, media_type = (found.status, found.media_type) if found else (501, "text/plain")
        said = (found.said if found else f"never recorded: {target} {asked}").encode()
        head = f"HTTP/1.1 {status} Recorded\r\nContent-Type: {media_type}\r\nContent-Length: {len(said)}\r\n\r\n"
        self.wfile.write(head.encode() + said)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing: who asked tells."""


def _serve(scripts: Mapping[str, Sequence[Exchange]], parent: Connection) -> None:
    ports = {}
    for name, exchanges in scripts.items():
        asked = type("_Asked", (_Asked,), {"script": Script(exchanges)})
        server = ThreadingHTTPServer(("127.0.0.1", 0), asked)
        ports[name] = server.server_port
        Thread(target=server.serve_forever, daemon=True).start()
    parent.send(ports)
    parent.recv()


@contextmanager
def wire(scripts: Mapping[str, Sequence[Exchange]]) -> Iterator[dict[str, str]]:
    """The address at which each script is answered."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(scripts, theirs), daemon=True)
    process.start()
    try:
        yield {name: f"http://127.0.0.1:{port}" for name, port in ours.recv().items()}
    finally:
        ours.send("enough")
        process.join()
