from kalit.kit import api
from kalit.kit.html import Html
from kalit.kit.request import Request
from kalit.shop import payment_page
from kalit.shop.payment_page import NOT_PAID, NOT_PAID_TITLE


@api.get(payment_page.CANCEL)
def handler(request: Request) -> Html:
    """The page to which whoever has not paid comes back."""
    return payment_page.told(NOT_PAID_TITLE, NOT_PAID, request.language)
