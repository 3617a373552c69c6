"""The payment sandbox in a thread of its own, and a shop that hears its webhooks: for tests that pay."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
import stripe

from infra.installation import PaymentKeys
from infra.local.stripe.account import ONCE, Telling
from infra.local.stripe.server import Sandbox, Settings
from infra.local.up import SANDBOX_KEY as KEY
from infra.local.up import SANDBOX_SECRET as SECRET
from infra.local.up import free_port

KEPT = ("objects", "answers", "deliveries")  # the tables of the sandbox's book


class Paying:
    """A running sandbox. Beginning it again on the same file is what a restart of the machine would do."""

    def __init__(self, file: Path, webhook: str = "", clock_file: str = "", telling: Telling = ONCE) -> None:
        webhook = webhook or f"http://localhost:{free_port()}/nobody"
        self.settings = Settings(file, free_port(), webhook, SECRET, clock_file, telling)
        self.url = f"http://localhost:{self.settings.port}"
        self.keys = PaymentKeys(KEY, SECRET, self.url)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "Paying":
        async def start() -> Sandbox:
            sandbox = Sandbox(self.settings)
            await sandbox.start()
            return sandbox

        self.thread.start()
        self.sandbox = asyncio.run_coroutine_threadsafe(start(), self.loop).result(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.sandbox.stop(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    @property
    def client(self) -> stripe.StripeClient:
        """Stripe's own client, as it comes."""
        return stripe.StripeClient(KEY, base_addresses={"api": self.url}, max_network_retries=0)

    def press(self, session: str, how: str, **options: object) -> requests.Response:
        """Press a button of the pay page. Answers where that leads, without going there."""
        page = f"{self.url}/c/pay/{session}"
        return requests.post(page, data={"how": how}, params=options, allow_redirects=False, timeout=60)  # type: ignore[arg-type]

    def follow(self, clock_file: Path) -> None:
        """From here on, on the time of that file."""
        self.sandbox.settings = replace(self.settings, clock_file=str(clock_file))

    def remember(self) -> Callable[[], None]:
        """Calling what this gives brings back what was sold and paid as it is now."""
        rows = self._with_book(
            lambda book: {table: book.execute(f"SELECT * FROM {table}").fetchall() for table in KEPT}
        )
        return lambda: self._keep_only(rows)

    def forget(self) -> None:
        """Everything that was sold so far."""
        self._keep_only({})

    def _keep_only(self, rows: Mapping[str, list[tuple[object, ...]]]) -> None:
        def change(book: sqlite3.Connection) -> None:
            for table in KEPT:
                book.execute(f"DELETE FROM {table}")
                for row in rows.get(table, []):
                    book.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

        self._with_book(change)

    def _with_book(self, use: Callable[[sqlite3.Connection], Any]) -> Any:
        """In the sandbox's own thread, between two of its requests."""

        async def run() -> Any:
            return use(self.sandbox.book.database)

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)


class Shop:
    """Whoever is told of events: what it heard, and what it answers, once each and then 200 for ever."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []


@contextmanager
def shop() -> Iterator[Shop]:
    """A shop at an address of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append((dict(self.headers.items()), body))
            self.send_response(told.answers.pop(0) if told.answers else 200)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><link rel=icon href=data:,><h1>The shop</h1>")

        def log_message(self, *_: Any) -> None:
            """In silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Shop(f"http://localhost:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
