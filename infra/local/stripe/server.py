"""The sandbox as a server on loopback: the API, the pay page, and the webhooks that follow."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from kalit.kit import clock
from kalit.kit.words import LANGUAGES, choose

from . import api, page
from .account import ONCE, WAYS, Account, Origin, Telling
from .book import Book
from .objects import Object, Refused
from .webhooks import Courier

HERE = Path(__file__).parent
FILES = {"pay.css": HERE / "pay.css", "kalit.svg": HERE.parents[2] / "functions" / "edge" / "static" / "kalit.svg"}
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
TICK = 0.5  # seconds between looks for sessions that are past their time
MOST_COPIES = 20


@dataclass(frozen=True)
class Settings:
    """`webhook`: the address that is told of events; `clock_file` may move the clock (`kit.clock`)."""

    file: Path
    port: int
    webhook: str
    secret: str
    clock_file: str = ""
    telling: Telling = ONCE


def telling(asked: Mapping[str, str], default: Telling) -> Telling:
    """How to tell of what happens, as an address or the environment asks for it."""
    copies = asked.get("copies", "")
    return Telling(
        min(max(int(copies), 1), MOST_COPIES) if copies.isdecimal() else default.copies,
        asked["shuffle"] != "0" if asked.get("shuffle") else default.shuffled,
    )


class Sandbox:
    """For one event loop. `told(type, status)` hears how each delivery went; 0: nobody answered."""

    def __init__(self, settings: Settings, told: Callable[[str, int], None] = lambda *_: None) -> None:
        self.settings = settings
        self.book = Book(settings.file)
        self.account = Account(self.book, self.now, settings.telling, f"http://localhost:{settings.port}")
        self.courier = Courier(self.book, settings.webhook, settings.secret, self.now, told)
        self.runner: web.AppRunner | None = None
        self.tasks: list[asyncio.Task[None]] = []

    def now(self) -> datetime:
        real = datetime.now(UTC)
        return clock.moved(real, Path(self.settings.clock_file)) if self.settings.clock_file else real

    async def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        app = web.Application()
        app.add_routes(api.routes(self.account, self.courier.awake.set))
        app.router.add_get("/c/pay/{id}", self.show)
        app.router.add_post("/c/pay/{id}", self.act)
        app.router.add_get("/c/{file}", self.file)
        self.runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.settings.port, reuse_address=True).start()
        self.tasks = [asyncio.create_task(self.courier.run()), asyncio.create_task(self._expire())]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.runner:
            await self.runner.cleanup()
        self.book.close()

    async def _expire(self) -> None:
        while True:
            if self.account.tick():
                self.courier.awake.set()
            await asyncio.sleep(TICK)

    async def show(self, request: web.Request) -> web.Response:
        """The pay page."""
        language = _language(request)
        try:
            session = self.account.session(request.match_info["id"])
        except Refused:
            return _html(page.missing(language), 404)
        if session["status"] != "open":
            return _html(page.over(session, language))
        options = telling(request.query, self.settings.telling)
        item = self.account.item(session["id"])
        return _html(page.form(session, item, language, options, "declined" in request.query))

    async def act(self, request: web.Request) -> web.Response:
        """One of the page's buttons. Pressed again, or too late, it leads where the session has led."""
        id, how = request.match_info["id"], str((await request.post()).get("how", ""))
        if how not in (*WAYS, "expire"):
            raise web.HTTPBadRequest(text="No such button.")
        options = telling(request.query, self.settings.telling)
        self.account.tick()  # who presses in the last moment may be too late
        with contextlib.suppress(Refused):
            with self.book.change():
                if how == "expire":
                    self.account.expire(id, Origin(), options)
                else:
                    self.account.pay(id, how, options)
            self.courier.awake.set()
        try:
            session = self.account.session(id)
        except Refused:
            return _html(page.missing(_language(request)), 404)
        raise web.HTTPSeeOther(_onward(session, request))

    async def file(self, request: web.Request) -> web.FileResponse:
        if request.match_info["file"] not in FILES:
            raise web.HTTPNotFound
        return web.FileResponse(FILES[request.match_info["file"]])


def _onward(session: Object, request: web.Request) -> str:
    """Where a customer goes from the page."""
    if session["status"] == "complete":
        success: str = session["success_url"]
        return success.replace("{CHECKOUT_SESSION_ID}", session["id"])
    if session["status"] == "expired" and session["cancel_url"]:
        cancel: str = session["cancel_url"]
        return cancel
    return str(request.rel_url.update_query(declined=1) if session["status"] == "open" else request.rel_url)


def _language(request: web.Request) -> str:
    asked = request.query.get("lang", "")
    return asked if asked in LANGUAGES else choose(request.headers.get("Accept-Language", "")) or "en"


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"},
    )
