from kalit.kit import api
from kalit.kit.html import Html
from kalit.kit.request import Request
from kalit.shop import payment_page
from kalit.shop.payment_page import PAID, PAID_TITLE


@api.get(payment_page.SUCCESS)
def handler(request: Request) -> Html:
    """The page to which whoever has paid comes back."""
    return payment_page.told(PAID_TITLE, PAID, request.language)
