"""The public door of the local system: plays the edge by the rules of `infra/edge.py`."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from botocore.exceptions import ClientError as AwsError
from multidict import CIMultiDict
from yarl import URL

from infra import static
from kalit.kit import dialects
from kalit.kit.errors import Throttled

# What only the edge may say, and what belongs to one connection.
DROPPED = {
    "host",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "x-forwarded-for",
}
LARGEST_BODY = 10 * 1024 * 1024  # API Gateway's own limit
LARGEST_INLINE = 64 * 1024  # what is larger is compressed in a thread of its own
STARTING = {"detail": "The system is being deployed. Try again in a moment."}


def _ours(header: str) -> bool:
    return header.lower() in DROPPED or header.lower().startswith("x-kalit-")


class Limit:
    """So many requests a minute from one address, as the web ACL counts them on AWS; 0: no limit."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.minute, self.seen = 0, Counter[str]()

    def wait(self, address: str, now: float) -> int:
        """Seconds until this request may come; 0 when it may now, and is counted."""
        if self.minute != now // 60:
            self.minute, self.seen = int(now // 60), Counter()
        self.seen[address] += 1
        return 60 - int(now % 60) if self.most and self.seen[address] > self.most else 0


class Gateway:
    """Serves on loopback; until `target` is set, everything is 503. `most` requests a minute and address, 0: any."""

    def __init__(self, port: int, most: int = 0) -> None:
        self.port = port
        self.limit = Limit(most)
        self.target = ""
        self.secret = ""
        self.files: Callable[[str], dict[str, Any]] | None = None  # an object of the edge's buckets, by its key
        self.session: ClientSession | None = None
        self.runner: web.AppRunner | None = None
        self.on_request: Callable[[str, str, int], None] = lambda *_: None

    async def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        self.session = ClientSession(
            timeout=ClientTimeout(total=60),
            connector=TCPConnector(limit=0),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
        )
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_get("/{key:(?:static|media)/.*}", self.file)
        app.router.add_route("*", "/{path:(?s:.*)}", self.handle)
        self.runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        if self.runner:
            await self.runner.cleanup()
        if self.session:
            await self.session.close()

    async def handle(self, request: web.Request) -> web.Response:
        if not self.target or self.session is None:
            return web.json_response(STARTING, status=503, headers={"Retry-After": "1"})
        wait = self.limit.wait(request.remote or "", time.time())
        answer = _throttled(request, wait) if wait else await self._forwarded(request, self.session)
        self.on_request(request.method, request.path, answer.status)
        return answer

    async def file(self, request: web.Request) -> web.Response:
        """A file, read from S3 and compressed."""
        if self.files is None:
            return web.json_response(STARTING, status=503, headers={"Retry-After": "1"})
        try:
            found = await asyncio.to_thread(self.files, request.match_info["key"])
        except AwsError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return web.Response(status=status, text=error.response["Error"]["Code"], headers=static.HEADERS)
        headers = {"Content-Type": found["ContentType"], "Cache-Control": found["CacheControl"], "ETag": found["ETag"]}
        body = await asyncio.to_thread(found["Body"].read)
        answer = web.Response(body=body, headers={**headers, **static.HEADERS}, zlib_executor_size=LARGEST_INLINE)
        answer.enable_compression()
        return answer

    async def _forwarded(self, request: web.Request, session: ClientSession) -> web.Response:
        path = request.rel_url.raw_path
        stripped = path.rstrip("/") or "/"
        query = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
        headers = CIMultiDict((name, value) for name, value in request.headers.items() if not _ours(name))
        headers["x-kalit-edge"] = self.secret
        headers["x-kalit-address"] = request.remote or ""
        headers["x-kalit-host"] = request.host
        headers["x-kalit-scheme"] = request.scheme
        headers["x-kalit-path"] = path
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"message": "Request Entity Too Large"}, status=413)
        try:
            async with session.request(
                request.method,
                URL(f"{self.target}{stripped}{query}", encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
            ) as answer:
                kept = CIMultiDict((name, value) for name, value in answer.headers.items() if not _ours(name))
                return web.Response(status=answer.status, headers=kept, body=await answer.read())
        except (ClientError, TimeoutError):
            return web.json_response({"message": "Service Unavailable"}, status=503, headers={"Retry-After": "1"})


def _throttled(request: web.Request, seconds: int) -> web.Response:
    error = Throttled(seconds)
    media_type, body = dialects.written(
        error, path=request.path, accept=request.headers.get("accept", ""), language="", request_id=""
    )
    return web.json_response(body, status=error.status, content_type=media_type, headers=error.headers)
