from kalit.accounts import login_page
from kalit.kit import api
from kalit.kit.html import Html
from kalit.kit.request import Request


@api.get("/login/")
def handler(request: Request) -> Html:
    """The page on which a one-time password is replaced by one of your own."""
    return login_page.form(request.language)
