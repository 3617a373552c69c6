"""An API Gateway HTTP event (payload 2.0) as the request it stands for, and its body as data."""

import base64
import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl
from uuid import UUID

from .errors import Invalid, ParseError, TooLarge, UnsupportedMediaType
from .words import FIELD_TEXTS, choose

LARGEST_BODY = 1_000_000  # bytes
DEEPEST = 100  # levels of JSON: what reads and writes it further on must not run out of stack
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
VISITOR = "X-Cart-Id"  # how a client without cookies says who it is
VISITOR_COOKIE = "sessionid"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class Request:
    """What a door may know of its HTTP request. Header names are lower case."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        http = event["requestContext"]["http"]
        self.method: str = http["method"]
        self.path: str = event["rawPath"]
        self.query: str = event.get("rawQueryString", "")
        self.headers: Mapping[str, str] = {k.lower(): v for k, v in event.get("headers", {}).items()}
        self.parameters: Mapping[str, str] = event.get("pathParameters") or {}
        self._cookies: list[str] = event.get("cookies") or self.headers.get("cookie", "").split(";")
        self._gateway_id: str = event["requestContext"].get("requestId", "")
        self._body: str = event.get("body") or ""
        self._encoded: bool = event.get("isBase64Encoded", False)

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @property
    def visitor(self) -> UUID | None:
        """Whom a client without an account is known as, by its header or its cookie. Raises `Invalid`."""
        named = self.header(VISITOR.lower())
        try:
            return UUID(named or self.cookie(VISITOR_COOKIE))
        except ValueError:
            if named:
                raise Invalid.field(VISITOR, FIELD_TEXTS["uuid"]) from None
            return None

    def cookie(self, name: str) -> str:
        told = (cookie.strip().partition("=") for cookie in self._cookies)
        return next((value for named, _, value in told if named == name), "")

    @property
    def id(self) -> str:
        """The client's X-Request-Id where it is a plain one, else the gateway's."""
        given = self.header("x-request-id")
        plain = given.isascii() and given.replace("-", "").replace("_", "").replace(".", "").isalnum()
        return given if plain and len(given) <= 128 else self._gateway_id

    @property
    def url(self) -> str:
        """The address as the client wrote it, without the query. The edge tells host and scheme."""
        host = self.header("x-kalit-host") or self.header("host")
        return f"{self.header('x-kalit-scheme') or 'https'}://{host}{self.header('x-kalit-path') or self.path}"

    @property
    def address(self) -> str:
        """Where the client calls from, as the edge saw it; of an IPv6 address the network that one customer has."""
        from ipaddress import IPv6Address, IPv6Network

        shown = self.header("x-kalit-address")
        try:
            return str(IPv6Address(shown).ipv4_mapped or IPv6Network((shown, 64), strict=False))
        except ValueError:
            return shown

    @property
    def origin(self) -> str:
        """Scheme and host as the client wrote them. The edge serves its own names alone, so links can trust it."""
        return self.url.removesuffix(self.header("x-kalit-path") or self.path)

    @property
    def language(self) -> str:
        """The one of our languages that the client asks for, or an empty string."""
        return choose(self.header("accept-language"))

    def fields(self) -> dict[str, str]:
        """The query; of a name given twice, the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True, errors="replace"))

    def raw(self) -> bytes:
        """The body's bytes. Raises `TooLarge`."""
        body = base64.b64decode(self._body) if self._encoded else self._body.encode("utf-8", "surrogatepass")
        if len(body) > LARGEST_BODY:
            raise TooLarge(size=len(body), limit=LARGEST_BODY)
        return body

    def form(self) -> dict[str, Any]:
        """The fields of a page's form. Raises as `data`."""
        data, source = self.data()
        return data if source == "form" else {}

    def data(self) -> tuple[Any, str]:
        """The body as data, and its source: json or form. No body is an empty object.

        Raises `TooLarge`, `ParseError` or `UnsupportedMediaType`.
        """
        body = self.raw()
        media_type, _, options = self.header("content-type").partition(";")
        media_type = media_type.strip().lower()
        if media_type == FORM:
            return dict(parse_qsl(_decoded(body), keep_blank_values=True)), "form"
        if media_type == MULTIPART:
            return _multipart(body, options), "form"
        if not body:
            return {}, "json"
        if media_type in ("application/json", "") or media_type.endswith("+json"):
            return read_json(_decoded(body)), "json"
        raise UnsupportedMediaType(media_type=media_type[:100])


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ParseError(what="JSON", why=f"not UTF-8 at byte {error.start}") from None


def read_json(text: str) -> Any:
    """JSON that can be stored and written again: no NaN, no number out of range, no half characters.

    Raises `ParseError`.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        if "\\u" in text:
            # A lone surrogate is JSON but not text: it could be neither stored nor sent back.
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ParseError(what="JSON", why="a lone surrogate is not text") from None
    except RecursionError:
        raise ParseError(what="JSON", why=TOO_DEEP) from None
    except ValueError as error:
        raise ParseError(what="JSON", why=str(error)[:200]) from None
    if text.count("[") + text.count("{") > DEEPEST and _deeper_than(DEEPEST, value):
        raise ParseError(what="JSON", why=TOO_DEEP)
    return value


def _deeper_than(most: int, value: Any) -> bool:
    level = [value]
    for _ in range(most):
        level = [inner for outer in level if isinstance(outer, list) for inner in outer] + [
            inner for outer in level if isinstance(outer, dict) for inner in outer.values()
        ]
    return any(isinstance(value, (list, dict)) for value in level)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is out of range")
    return number


def _multipart(body: bytes, options: str) -> dict[str, str]:
    import io

    from multipart import MultipartError, MultipartParser

    boundary = {
        name.strip().lower(): value.strip().strip('"')
        for name, _, value in (option.partition("=") for option in options.split(";"))
    }.get("boundary", "")
    try:
        parts = list(MultipartParser(io.BytesIO(body), boundary, content_length=len(body), strict=True))
        fields = {part.name: part.value for part in parts if not part.filename}
        "".join([*fields, *fields.values()]).encode()
    except (MultipartError, LookupError, ValueError) as error:
        raise ParseError(what="Multipart form", why=str(error)[:200]) from None
    return fields
