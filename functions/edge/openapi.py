import json
from pathlib import Path

from kalit.kit import api, yaml_text
from kalit.kit.api import Reply
from kalit.kit.doors import Host
from kalit.kit.request import Request

FILE = Path(__file__).with_name("openapi.json")
YAML = ("application/yaml", "application/x-yaml", "text/yaml")


def prefers_yaml(accept: str) -> bool:
    """Whether YAML stands before JSON in an Accept header."""
    kinds = [item.partition(";")[0].strip() for item in accept.split(",")]
    return next((kind in YAML for kind in kinds if kind in YAML or kind in ("application/json", "*/*")), False)


@api.get(
    "/api/schema/",
    also=[("GET", "/swagger.json")],
    host=Host(files=[FILE.name]),
)
def handler(request: Request) -> Reply:
    """This API as OpenAPI 3.1: JSON, or YAML where `Accept` prefers it."""
    document = FILE.read_text()
    if prefers_yaml(request.header("accept")):
        return Reply(yaml_text.written(json.loads(document)), media_type="application/yaml")
    return Reply(document)
