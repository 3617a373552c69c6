from kalit.accounts import session_store
from kalit.accounts.tokens import Access, RefreshNotValid, RefreshToken
from kalit.kit import api, clock


@api.post("/api/token/refresh/", uses=session_store.RENEW, raises=[RefreshNotValid])
def handler(body: RefreshToken) -> Access:
    """A new access token for a refresh token, which stays as it is."""
    return session_store.renew(body.refresh, clock.now())
