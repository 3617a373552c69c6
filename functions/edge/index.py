from typing import Any

from kalit.kit import api
from kalit.kit.request import Request

VERSION = "1.0.0"
LINKED = ("clients", "campaigns", "categories", "products", "reviews", "orders", "docs")
LOCKS = ("auth", "devices", "access", "security")


@api.get("/api/")
def handler(request: Request) -> dict[str, Any]:
    """Where everything is: the addresses of all parts of this API."""
    here = request.url.rstrip("/")
    return {
        "message": "Kalit API",
        "version": VERSION,
        **{name: f"{here}/{name}/" for name in LINKED},
        "endpoints": {name: f"{here}/v1/{name}/" for name in LOCKS},
    }
