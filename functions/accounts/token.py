from kalit.accounts import session_store
from kalit.accounts.directory import Credentials, NoActiveAccount
from kalit.accounts.sessions import Client
from kalit.accounts.tokens import PLAIN, FirstTokens, Tokens
from kalit.kit import api, clock
from kalit.kit.doors import Host
from kalit.kit.errors import Throttled
from kalit.kit.request import Request


@api.post("/api/token/", uses=session_store.LOG_IN, raises=[NoActiveAccount, Throttled], host=Host(memory=1024))
def handler(body: Credentials, request: Request) -> Tokens:
    """Log in: a name and a password for an access and a refresh token.

    Send `access` as `Authorization: Bearer …`; it holds for an hour, `refresh` for a day. For a one-time password, the
    answer also says `"must_change_password": true`.
    """
    row, tokens = session_store.log_in(body.username, body.password, PLAIN, Client.of(request), clock.now())
    return FirstTokens(**tokens.model_dump()) if row.must_change_password else tokens
