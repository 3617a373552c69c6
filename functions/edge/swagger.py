from kalit.kit import api
from kalit.kit.html import Html, page


@api.get("/api/docs/", also=[("GET", "/swagger/")])
def handler() -> Html:
    """The docs page to try the API from (Swagger UI)."""
    files = ("swagger-ui.css", "docs.css", "swagger-ui-bundle.js", "swagger.js")
    return page("Kalit API", '<main id="docs"></main>', *files, also={"style-src": "'self' 'unsafe-inline'"})
