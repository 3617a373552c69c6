from uuid import uuid4

from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.kit.request import Request
from kalit.shop import cart_store, carts
from kalit.shop.carts import REMOVED, CartChanged, RemoveFromCart


@api.delete("/api/cart/", uses=cart_store.CHANGE)
def handler(body: RemoveFromCart, query: RemoveFromCart, request: Request, caller: Caller | None) -> Reply:
    """Take a variant out of your cart; without `variant_id`, in the body or the query, everything."""
    holder = carts.holder(request, caller, uuid4())
    variant = query.variant_id if body.variant_id is None else body.variant_id
    cart = cart_store.remove(holder, variant, request.origin, clock.now())
    return carts.reply(CartChanged(message=REMOVED.say(request.language), cart=cart), holder, request)
