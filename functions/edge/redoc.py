from kalit.kit import api
from kalit.kit.html import Html, page


@api.get("/api/redoc/", also=[("GET", "/redoc/")])
def handler() -> Html:
    """The docs page to read (Redoc)."""
    files = ("docs.css", "redoc.standalone.js", "redoc.js")
    # Its search runs in a worker that it makes itself.
    needs = {"style-src": "'self' 'unsafe-inline'", "worker-src": "blob:"}
    return page("Kalit API reference", '<main id="docs"></main>', *files, also=needs)
