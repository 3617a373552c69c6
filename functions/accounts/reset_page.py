from kalit.accounts import reset_page
from kalit.kit import api
from kalit.kit.html import Html
from kalit.kit.request import Request


@api.get("/reset/{link}/")
def handler(link: str, request: Request) -> Html:
    """The page on which a new password is set."""
    return reset_page.form(request.language)
