from kalit.accounts import reset_page, reset_store
from kalit.accounts.resets import Reset, ResetNotValid
from kalit.accounts.sessions import Client
from kalit.kit import api, clock
from kalit.kit.doors import Host
from kalit.kit.errors import Invalid
from kalit.kit.fields import read
from kalit.kit.html import Html
from kalit.kit.request import Request


@api.post("/reset/{link}/", besides=[400], uses=reset_store.SET, host=Host(memory=1024))
def handler(link: str, request: Request) -> Html:
    """Set a new password from the page, and say how it went."""
    try:
        told = read(Reset, {**request.form(), "token": link}, source="form")
        reset_store.set_password(told, Client.of(request), clock.now())
    except (Invalid, ResetNotValid) as error:
        return reset_page.form(request.language, error)
    return reset_page.done(request.language)
