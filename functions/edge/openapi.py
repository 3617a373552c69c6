from pathlib import Path

from kalit.kit import api
from kalit.kit.api import Reply
from kalit.kit.doors import Host
from kalit.kit.request import Request

HERE = Path(__file__).parent
YAML = ("application/yaml", "application/x-yaml", "text/yaml")


def prefers_yaml(accept: str) -> bool:
    """Whether YAML stands before JSON in an Accept header."""
    kinds = [item.partition(";")[0].strip() for item in accept.split(",")]
    return next((kind in YAML for kind in kinds if kind in YAML or kind in ("application/json", "*/*")), False)


@api.get(
    "/api/schema/",
    also=[("GET", "/swagger.json")],
    host=Host(files=["openapi.json", "openapi.yaml"]),
)
def handler(request: Request) -> Reply:
    """This API as OpenAPI 3.1: JSON, or YAML where `Accept` prefers it."""
    if prefers_yaml(request.header("accept")):
        return Reply((HERE / "openapi.yaml").read_text(), media_type="application/yaml")
    return Reply((HERE / "openapi.json").read_text())
