from uuid import uuid4

from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.kit.request import Request
from kalit.shop import cart_store, carts
from kalit.shop.carts import ADDED, AddToCart, CartChanged
from kalit.shop.errors import CartFull, NoSuchVariant, NotEnough


@api.post("/api/cart/", uses=cart_store.CHANGE, raises=[NoSuchVariant, NotEnough, CartFull])
def handler(body: AddToCart, request: Request, caller: Caller | None) -> Reply:
    """Put some of a variant into your cart, beside what is in it of the same."""
    holder = carts.holder(request, caller, uuid4())
    cart = cart_store.add(holder, body, request.origin, clock.now())
    return carts.reply(CartChanged(message=ADDED.say(request.language), cart=cart), holder, request)
