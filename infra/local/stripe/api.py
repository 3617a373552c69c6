"""The sandbox's API over HTTP: Stripe's paths, parameters, errors, lists and idempotency keys."""

import base64
import binascii
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from . import forms, objects
from .account import Account, Origin
from .book import Answer
from .objects import API_VERSION, Object, Refused

LONGEST_KEY = 255
# kind -> the parameters that its list may be asked by, beside those of `_page`
FILTERS = {
    "checkout.session": ("payment_intent", "status"),
    "payment_intent": (),
    "charge": ("payment_intent",),
    "refund": ("payment_intent", "charge"),
    "event": ("type", "types"),
}
# what can be asked for in full instead of its id -> its kind
EXPANDABLE = {"payment_intent": "payment_intent", "latest_charge": "charge", "charge": "charge"}
COMPARED: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda created, bound: created > bound,
    "gte": lambda created, bound: created >= bound,
    "lt": lambda created, bound: created < bound,
    "lte": lambda created, bound: created <= bound,
}


class Asked(NamedTuple):
    """A request that may be served: its parameters, and the id in its path."""

    account: Account
    params: Object
    origin: Origin
    id: str


Serve = Callable[[Asked], Object]


def routes(account: Account, wake: Callable[[], None]) -> list[web.RouteDef]:
    """`wake`: what to do when events may have happened."""

    def handler(serve: Serve) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            answer = await _answered(account, serve, request)
            wake()
            return answer

        return handle

    known = [web.route(method, path, handler(serve)) for method, path, serve in ROUTES]
    return [*known, web.route("*", "/v1/{path:.*}", handler(_unknown))]


async def _answered(account: Account, serve: Serve, request: web.Request) -> web.Response:
    id = objects.id("req", 14)
    headers = {"Request-Id": id, "Stripe-Version": API_VERSION}
    body = await request.text()
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    if key:
        headers["Idempotency-Key"] = key
    asked = f"{request.path} {hashlib.sha256(body.encode()).hexdigest()}"
    now = account.now().timestamp()
    try:
        _authenticate(request.headers.get("Authorization", ""))
        if answer := _before(account, key, asked):
            headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.request}
        else:
            about = request.match_info.get("id") or f"{request.method}: {request.path}"
            served = Asked(account, _read(request, body), Origin(id, key or None), about)
            with account.book.change():
                answer = Answer(asked, 200, _written(_expanded(served, serve(served))), id, now)
                if key:
                    account.book.remember(key, answer)
    except Refused as refused:
        answer = Answer(asked, refused.status, _written(refused.body), id, now)
        if key and refused.begun:
            with account.book.change():
                account.book.remember(key, answer)
        if refused.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="Stripe"'
    return web.Response(text=answer.body, status=answer.status, content_type="application/json", headers=headers)


def _written(body: Object) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _authenticate(authorization: str) -> None:
    """Any test key will do, as a bearer's token or as Basic's user; a real one has no business here."""
    scheme, _, told = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            told = base64.b64decode(told).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            told = ""
    if not told:
        raise Refused(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not told.startswith(("sk_test_", "rk_test_")):
        raise Refused(f"Invalid API Key provided: {told[:8]}****", status=401)


def _before(account: Account, key: str, asked: str) -> Answer | None:
    """What the key's first request was answered. Raises `Refused` where that was another."""
    if len(key) > LONGEST_KEY:
        raise Refused(f"Idempotency key length is limited to {LONGEST_KEY} characters.", type="idempotency_error")
    before = account.book.answered(key, account.now().timestamp()) if key else None
    if before is None or before.asked == asked:
        return before
    path, was = asked.split(" ")[0], before.asked.split(" ")[0]
    same = (
        "used with the same parameters they were first used with."
        if path == was
        else f"used for the same endpoint they were first used for ('{path}' vs '{was}')."
    )
    raise Refused(
        f"Keys for idempotent requests can only be {same} "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        type="idempotency_error",
    )


def _read(request: web.Request, body: str) -> Object:
    if body and request.content_type != "application/x-www-form-urlencoded":
        raise Refused(f"Invalid request: the content type is {request.content_type}, not a form's.")
    try:
        return forms.parse(request.query_string or body)
    except ValueError as name:
        raise Refused(f"Invalid request: {name} is a value and has parts at once.") from None


def _expanded(asked: Asked, answer: Object) -> Object:
    """The answer with what `expand` asks for in full."""
    for path in asked.params.get("expand") or ():
        name = path.removeprefix("data.")
        for shown in answer["data"] if answer["object"] == "list" else [answer]:
            if name == "line_items" and shown["object"] == "checkout.session":
                shown[name] = _line_items(asked._replace(id=shown["id"]))
            elif name not in EXPANDABLE or name not in shown:
                raise Refused(f"This property cannot be expanded ({path}).", param="expand")
            elif shown[name]:
                shown[name] = asked.account.book.get(EXPANDABLE[name], shown[name])
    return answer


def _list(data: list[Object], url: str, more: bool = False) -> Object:
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _page(kind: str, found: list[Object], params: Object, url: str) -> Object:
    """A page of a list, the newest first."""
    unknown = set(params) - {"limit", "starting_after", "ending_before", "created", "expand", *FILTERS[kind]}
    if unknown:
        name = min(unknown)
        raise Refused(f"Received unknown parameter: {name}", param=name, code="parameter_unknown")
    limit = objects.whole(params, "limit")
    limit = 10 if limit is None else limit
    if not 1 <= limit <= 100:
        raise Refused("Invalid limit: must be between 1 and 100.", param="limit", code="parameter_invalid_integer")
    fitting = [shown for shown in found if _fits(shown, params, FILTERS[kind])]
    places = {shown["id"]: place for place, shown in enumerate(fitting)}
    if before := params.get("ending_before"):
        fitting = fitting[: places.get(before, 0)][-limit:]
    if after := params.get("starting_after"):
        fitting = fitting[places.get(after, len(fitting)) + 1 :]
    return _list(fitting[:limit], url, len(fitting) > limit)


def _fits(shown: Object, params: Object, filters: tuple[str, ...]) -> bool:
    created = params.get("created")
    if isinstance(created, dict):
        bounds = {name: objects.whole(created, name) for name in created}
        if not all(COMPARED[name](shown["created"], bound or 0) for name, bound in bounds.items() if name in COMPARED):
            return False
    elif created is not None and shown["created"] != objects.whole(params, "created"):
        return False
    asked = {name: params[name] for name in filters if name in params}
    types = asked.pop("types", None)
    return all(shown[name] == value for name, value in asked.items()) and (types is None or shown["type"] in types)


def _unknown(asked: Asked) -> Object:
    raise Refused(f"Unrecognized request URL ({asked.id}). The sandbox may not know it.", status=404)


def _shows(kind: str) -> Serve:
    return lambda asked: asked.account.book.get(kind, asked.id)


def _lists(kind: str, url: str) -> Serve:
    return lambda asked: _page(kind, asked.account.book.all(kind), asked.params, url)


def _line_items(asked: Asked) -> Object:
    return _list([asked.account.item(asked.id)], f"/v1/checkout/sessions/{asked.id}/line_items")


def _events(asked: Asked) -> Object:
    return _page("event", asked.account.events(), asked.params, "/v1/events")


ROUTES: tuple[tuple[str, str, Serve], ...] = (
    ("POST", "/v1/checkout/sessions", lambda asked: asked.account.open(asked.params)),
    ("GET", "/v1/checkout/sessions", _lists("checkout.session", "/v1/checkout/sessions")),
    ("GET", "/v1/checkout/sessions/{id}", _shows("checkout.session")),
    ("GET", "/v1/checkout/sessions/{id}/line_items", _line_items),
    ("POST", "/v1/checkout/sessions/{id}/expire", lambda asked: asked.account.expire(asked.id, asked.origin)),
    ("GET", "/v1/payment_intents", _lists("payment_intent", "/v1/payment_intents")),
    ("GET", "/v1/payment_intents/{id}", _shows("payment_intent")),
    ("GET", "/v1/charges", _lists("charge", "/v1/charges")),
    ("GET", "/v1/charges/{id}", _shows("charge")),
    ("POST", "/v1/refunds", lambda asked: asked.account.refund(asked.params, asked.origin)),
    ("GET", "/v1/refunds", _lists("refund", "/v1/refunds")),
    ("GET", "/v1/refunds/{id}", _shows("refund")),
    ("GET", "/v1/events", _events),
    ("GET", "/v1/events/{id}", lambda asked: asked.account.event(asked.id)),
    ("POST", "/v1/events/{id}/retry", lambda asked: asked.account.retell(asked.id)),
)
