from kalit.accounts import session_store
from kalit.accounts.directory import EmailCredentials, NoActiveAccount, bad_login
from kalit.accounts.people import SignedIn
from kalit.accounts.sessions import Client
from kalit.accounts.tokens import ROTATING
from kalit.kit import api, clock
from kalit.kit.doors import Host
from kalit.kit.errors import Throttled
from kalit.kit.request import Request


@api.post(
    "/api/v1/auth/login/",
    uses=[*session_store.LOG_IN, *session_store.OPEN_ROTATING],
    raises=[Throttled],
    host=Host(memory=1024),
)
def handler(body: EmailCredentials, request: Request) -> SignedIn:
    """Log in by e-mail and password.

    For a one-time password, the answer also says `"must_change_password": true`, at the top and in `data`.
    """
    client, at = Client.of(request), clock.now()
    try:
        row, tokens = session_store.log_in(body.email, body.password, ROTATING, client, at)
    except NoActiveAccount:
        raise bad_login() from None
    signed_in = SignedIn.of("Login successful", row.account, tokens)
    return signed_in.first if row.must_change_password else signed_in
