"""HTTP doors: one decorator is the route, the rights, the docs and the Lambda entry.

    @api.post("/api/v1/devices/{device_id}/reboot/", uses=[Table.LOCKS.get], raises=[LockOffline])
    def handler(device_id: UUID, caller: Caller) -> CommandSent:

The parameters say what the door wants, by name:

* `caller: Caller` any signed-in account, `caller: Admin` that role only, `caller: Caller | None` also nobody
* `body: Model` the JSON or form body, `query: Model` the query string; a body that is `Unread[Model]` is checked when
  the handler calls its `read()`, where what it is about is to be looked for first
* `key: UUID | None` the derived key of an Idempotency-Key, for doors with `once=True`
* `request: Request` everything else; any other name is a parameter of the path (int, UUID or str)

It returns a pydantic model, a list of them, a `Page`, plain JSON data, a `Reply`, or a page of HTML (`kit.html`).
"""

import hashlib
import inspect
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from . import clock, dialects, fields
from .aws import busy
from .doors import Again, Door, Host
from .errors import AppError, Forbidden, NotFound, Unavailable
from .log import begin, log
from .pages import Page
from .request import Request
from .resources import Grant

if TYPE_CHECKING:
    from .caller import Caller

ALWAYS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Vary": "Accept, Accept-Language, Authorization",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ASKED = {"caller", "body", "query", "key", "request"}


class NotFromEdge(Forbidden):
    """Requests must come through the public address of this service."""

    ru = "Запросы принимаются только через публичный адрес сервиса."
    uz = "Soʻrovlar faqat xizmatning ochiq manzili orqali qabul qilinadi."


@dataclass(frozen=True)
class Reply:
    """An answer with its own status, headers or media type. `body` is JSON data, or text to send as it is."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


@dataclass(frozen=True)
class Plain(Reply):
    """Plain text, or nothing, for who reads the status alone."""

    media_type: str = "text/plain"


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Unread(Generic[Model]):
    """A body that nobody has looked at yet."""

    model: type[Model]
    request: Request

    def read(self) -> Model:
        """The body. Raises `Invalid`, `ParseError` or `UnsupportedMediaType`."""
        data, source = self.request.data()
        return fields.read(self.model, data, source=source)


@dataclass(frozen=True, eq=False, kw_only=True)
class Endpoint(Door):
    """A declared HTTP door."""

    method: str
    path: str
    status: int = 200
    raises: tuple[type[AppError], ...] = ()
    besides: tuple[int, ...] = ()  # statuses that the handler answers with in words of its own, such as a page's
    also: tuple[tuple[str, str], ...] = ()
    once: bool = False
    secret: bool = False  # whether what is kept of an answer to an Idempotency-Key is sealed
    refused: Mapping[str, Any] = field(default_factory=dict)  # what every refusal of this door tells besides

    kind: ClassVar[str] = "api"

    @property
    def routes(self) -> tuple[tuple[str, str], ...]:
        """(method, path) of every way in; paths as the contract writes them, with the final slash."""
        return ((self.method, self.path), *self.also)

    @property
    def trigger(self) -> str:
        return ", ".join(f"{method} {path}" for method, path in self.routes)

    @cached_property
    def wants(self) -> dict[str, Any]:
        """Parameter name -> annotation; of a body that is read late, its model."""
        told = {name: p.annotation for name, p in inspect.signature(self.call).parameters.items()}
        return told | ({"body": get_args(told["body"])[0]} if self.reads_late else {})

    @cached_property
    def reads_late(self) -> bool:
        """Whether the handler reads the body itself."""
        body = inspect.signature(self.call).parameters.get("body")
        return body is not None and get_origin(body.annotation) is Unread

    @cached_property
    def caller_kind(self) -> "type[Caller] | None":
        annotation = self.wants.get("caller")
        return next((kind for kind in (get_args(annotation) or (annotation,)) if kind not in (None, type(None))), None)

    @property
    def open_to_all(self) -> bool:
        return type(None) in get_args(self.wants.get("caller")) or self.caller_kind is None

    @property
    def grants(self) -> tuple[Grant, ...]:
        from . import caller, once, sealed

        implied = (
            *(caller.GRANTS if self.caller_kind else ()),
            *(once.GRANTS if self.once else ()),
            *((*sealed.SEAL, *sealed.OPEN) if self.secret else ()),
        )
        return tuple(dict.fromkeys((*super().grants, *implied)))

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        request = Request(event)
        begin(self, request.id)
        started = time.perf_counter()
        try:
            answer = self._answer(request)
        except AppError as error:
            answer = self._refusal(error, request)
        except Exception as error:
            log.exception("failed")
            answer = self._refusal(Unavailable() if busy(error) or isinstance(error, Again) else AppError(), request)
        answer["headers"] = {**ALWAYS, "X-Request-Id": request.id, **answer["headers"]}
        took_ms = round((time.perf_counter() - started) * 1000)
        log.info("answered", extra={"status": answer["statusCode"], "took_ms": took_ms})
        return answer

    def _answer(self, request: Request) -> dict[str, Any]:
        _from_edge(request)
        arguments: dict[str, Any] = {
            name: _path_value(request.parameters.get(name, ""), wanted)
            for name, wanted in self.wants.items()
            if name not in ASKED
        }
        at = clock.now()
        caller = self._caller(request, at)
        if "caller" in self.wants:
            arguments["caller"] = caller
        if "query" in self.wants:
            arguments["query"] = fields.read(self.wants["query"], request.fields(), source="query")
        if "body" in self.wants:
            body = Unread(self.wants["body"], request)
            arguments["body"] = body if self.reads_late else body.read()
        if "body" not in self.wants or self.reads_late:
            request.raw()  # refuses a body that is too large, wanted or not
        if "request" in self.wants:
            arguments["request"] = request
        return self._once(request, caller, arguments, at) if self.once else self._run(request, arguments)

    def _caller(self, request: Request, at: datetime) -> "Caller | None":
        authorization = request.header("authorization")
        if self.caller_kind is None or (self.open_to_all and not authorization):
            return None
        from .caller import authenticate

        caller = authenticate(authorization, self.caller_kind, request.address, at)
        log.append_keys(caller_id=caller.id)
        return caller

    def _once(
        self, request: Request, caller: "Caller | None", arguments: dict[str, Any], at: datetime
    ) -> dict[str, Any]:
        header = request.header("idempotency-key")
        if not header:
            return self._run(request, {**arguments, **({"key": None} if "key" in self.wants else {})})
        from .once import Once

        who = caller.uuid if caller else request.visitor or "anonymous"
        scope = f"{who} {self.method} {request.path}"
        # With the key, which nobody but the client knows: a password in the body could be guessed from it alone.
        body = hashlib.sha256(header.encode() + request.raw()).hexdigest()
        claimed = Once.claim(header, scope, body, at, lease=self.host.timeout + 1, secret=self.secret)
        if not isinstance(claimed, Once):
            return claimed | {"headers": claimed["headers"] | {"Idempotent-Replayed": "true"}}
        try:
            answer = self._run(request, {**arguments, **({"key": claimed.key} if "key" in self.wants else {})})
        except AppError as error:
            answer = self._refusal(error, request)
        except Exception:
            claimed.row.delete()
            raise
        try:
            claimed.finish(answer)
        except Exception:
            log.exception("answer not kept")  # but given: the effect is there, and unique by the key
        return answer

    def _run(self, request: Request, arguments: dict[str, Any]) -> dict[str, Any]:
        result = self.call(**arguments)
        reply = result if isinstance(result, Reply) else Reply(result, self.status)
        return _response(reply.status, reply.media_type, _text(reply.body, request), reply.headers)

    def _refusal(self, error: AppError, request: Request) -> dict[str, Any]:
        log.append_keys(code=error.code)
        media_type, body = dialects.written(
            error,
            path=request.path,
            accept=request.header("accept"),
            language=request.language,
            request_id=request.id,
        )
        told = {**body, **self.refused} if self.refused else body
        return _response(error.status, media_type, json.dumps(told, ensure_ascii=False), error.headers)


def _from_edge(request: Request) -> None:
    """Refuse what did not come through the edge, which proves itself with a secret header."""
    shown = hashlib.sha256(request.header("x-kalit-edge").encode()).hexdigest()
    if shown not in os.environ.get("EDGE_SECRET_SHA256", "").split():
        raise NotFromEdge


def _path_value(text: str, wanted: type) -> Any:
    """A path parameter as int, UUID or str; what is not one names nothing, so `NotFound`."""
    if wanted is int:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise NotFound
        return int(text)
    if wanted is UUID:
        try:
            return UUID(text)
        except ValueError:
            raise NotFound from None
    return text


def _text(body: Any, request: Request) -> str:
    if isinstance(body, Page):
        body = body.body(request.url, request.query)
    if isinstance(body, BaseModel):
        return body.model_dump_json()
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=_plain)


def _plain(model: BaseModel) -> dict[str, Any]:
    """A model inside of JSON data."""
    return model.model_dump(mode="json")


def _response(status: int, media_type: str, text: str, headers: dict[str, str]) -> dict[str, Any]:
    kind = {"Content-Type": media_type} if status != 204 else {}  # of no content there is no type
    return {"statusCode": status, "headers": {**kind, **headers}, "body": text}


def _endpoint(
    method: str,
    path: str,
    *,
    uses: Sequence[Grant] = (),
    raises: Sequence[type[AppError]] = (),
    besides: Sequence[int] = (),
    status: int = 200,
    also: Sequence[tuple[str, str]] = (),
    once: bool = False,
    secret: bool = False,
    refused: Mapping[str, Any] = MappingProxyType({}),
    host: Host = Host(),
) -> Callable[[Callable[..., Any]], Endpoint]:
    return lambda call: Endpoint(
        call=call,
        method=method,
        path=path,
        uses=tuple(uses),
        raises=tuple(raises),
        besides=tuple(besides),
        status=status,
        also=tuple(also),
        once=once,
        secret=secret,
        refused=refused,
        host=host,
    )


get, post, put, patch, delete = (partial(_endpoint, m) for m in ("GET", "POST", "PUT", "PATCH", "DELETE"))


def fallback(*, host: Host = Host()) -> Callable[[Callable[..., Any]], Endpoint]:
    """The door behind API Gateway's `$default` route: whatever no other door serves."""
    return _endpoint("ANY", "$default", host=host)
