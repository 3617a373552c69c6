from uuid import UUID

from kalit.kit import api, clock
from kalit.kit.caller import Caller
from kalit.kit.request import Request
from kalit.shop import payment_store
from kalit.shop.payment import AlreadyPaid, NoSuchOrder, OrderOver, PayOrder, PayPage, ProviderDown, TooLate


@api.post(
    "/api/create-checkout-session/",
    uses=payment_store.OPEN,
    raises=[NoSuchOrder, AlreadyPaid, OrderOver, TooLate, ProviderDown],
    once=True,
)
def handler(body: PayOrder, request: Request, caller: Caller | None, key: UUID | None) -> PayPage:
    """Open the page on which an order of yours is paid; asked again while it is open, the same.

    A guest's order is paid by whoever has its cookie or X-Cart-Id. The page closes before the order's time is over.
    """
    url = payment_store.page(body.order_id, caller, request.visitor, request.origin, clock.now())
    return PayPage(checkout_url=url)
