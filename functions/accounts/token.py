from kalit.accounts import store
from kalit.accounts.directory import Credentials, NoActiveAccount
from kalit.accounts.tokens import Tokens
from kalit.kit import api, clock
from kalit.kit.doors import Host


@api.post("/api/token/", uses=store.SIGN, raises=[NoActiveAccount], host=Host(memory=1024))
def handler(body: Credentials) -> Tokens:
    """Log in: a name and a password for an access and a refresh token.

    Send `access` as `Authorization: Bearer …`; it holds for an hour, `refresh` for a day.
    """
    return store.log_in(body, clock.now())
