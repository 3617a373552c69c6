from kalit.accounts import login_page, one_time_store
from kalit.accounts.one_time import FirstPassword, OneTimeNotValid
from kalit.accounts.sessions import Client
from kalit.kit import api, clock
from kalit.kit.doors import Host
from kalit.kit.errors import Invalid, Throttled
from kalit.kit.fields import read
from kalit.kit.html import Html
from kalit.kit.request import Request


@api.post("/login/", besides=[400, 429], uses=one_time_store.REPLACE, host=Host(memory=1024))
def handler(request: Request) -> Html:
    """Log in with a one-time password and set one of your own from the page, and say how it went."""
    form = request.form()
    try:
        one_time_store.replace(read(FirstPassword, form, source="form"), Client.of(request), clock.now())
    except (Invalid, OneTimeNotValid, Throttled) as error:
        return login_page.form(request.language, error, str(form.get("username", "")))
    return login_page.done(request.language)
