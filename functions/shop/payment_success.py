from kalit.kit import api
from kalit.kit.html import Html
from kalit.kit.request import Request
from kalit.shop import payment
from kalit.shop.payment import PAID, PAID_TITLE


@api.get(payment.SUCCESS)
def handler(request: Request) -> Html:
    """The page to which whoever has paid comes back."""
    return payment.told(PAID_TITLE, PAID, request.language)
