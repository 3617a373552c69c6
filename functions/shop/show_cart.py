from uuid import uuid4

from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.kit.request import Request
from kalit.shop import cart_store, carts


@api.get("/api/cart/", uses=cart_store.SHOW)
def handler(request: Request, caller: Caller | None) -> Reply:
    """Your cart: your account's, or that of your cookie or X-Cart-Id, which your account's takes in."""
    holder = carts.holder(request, caller, uuid4())
    return carts.reply(cart_store.show(holder, request.origin, clock.now()), holder, request)
