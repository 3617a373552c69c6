from pathlib import Path

from kalit.kit import api
from kalit.kit.api import Reply
from kalit.kit.doors import Host
from kalit.kit.request import Request

HERE = Path(__file__).parent
YAML = ("application/yaml", "application/x-yaml", "text/yaml")


@api.get(
    "/api/schema/",
    also=[("GET", "/swagger.json")],
    host=Host(files=["openapi.json", "openapi.yaml"]),
)
def handler(request: Request) -> Reply:
    """This API as OpenAPI 3.1: JSON, or YAML where `Accept` prefers it."""
    if request.header("accept").partition(";")[0].split(",")[0].strip() in YAML:
        return Reply((HERE / "openapi.yaml").read_text(), media_type="application/yaml")
    return Reply((HERE / "openapi.json").read_text())
