from kalit.accounts import basic, session_store
from kalit.accounts.directory import NoActiveAccount
from kalit.accounts.sessions import Client
from kalit.accounts.tokens import PLAIN
from kalit.jobs import flower_page
from kalit.kit import api, clock
from kalit.kit.doors import Host
from kalit.kit.errors import Throttled
from kalit.kit.html import Html
from kalit.kit.request import Request

USES = [*session_store.CHECK, *session_store.OPEN]


@api.get("/flower/", besides=[401, 403, 429], uses=USES, host=Host(memory=1024))
def handler(request: Request) -> Html:
    """The page to watch jobs on, behind an administrator's name and password (HTTP Basic).

    Who is turned away (401, 403, 429) gets a page as well, with a form to log in by.
    """
    told, client, at = basic.credentials(request.header("authorization")), Client.of(request), clock.now()
    if told is None:
        return flower_page.unproven(request.language)
    try:
        row = session_store.check(told.username, told.password, PLAIN, client, at)
        if row.must_change_password or row.role != "admin":
            return flower_page.refused(request.language, "must_change" if row.must_change_password else "not_admin")
        shown = "text/html" in request.header("accept")  # a monitor runs no script, and leaves no sessions behind
        return flower_page.board(request.language, session_store.begin(row, PLAIN, client, at) if shown else None)
    except (NoActiveAccount, Throttled) as error:
        return flower_page.unproven(request.language, error)
