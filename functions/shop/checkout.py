from uuid import UUID, uuid4

from kalit.kit import api, clock
from kalit.kit.api import Reply
from kalit.kit.caller import Caller
from kalit.kit.request import Request
from kalit.shop import carts, order_store
from kalit.shop.errors import EmptyCart, ShortStock
from kalit.shop.orders import PLACED, Checkout, Placed


@api.post("/api/checkout/", uses=order_store.PLACE, raises=[EmptyCart, ShortStock], status=201, once=True)
def handler(body: Checkout, request: Request, caller: Caller | None, key: UUID | None) -> Reply:
    """Order what is in your cart, all of it or nothing; the goods are yours to pay for within a day.

    The price is that of this moment. Where something is short nothing changes, and your cart is kept.
    """
    holder = carts.holder(request, caller, uuid4())
    order = order_store.place(body, holder, caller, clock.now(), key)
    return carts.reply(Placed(message=PLACED.say(request.language), order_id=order), holder, request, 201)
