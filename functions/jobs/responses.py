from typing import Any

from kalit.jobs import response_store
from kalit.kit import api
from kalit.kit.caller import Admin


@api.get("/api/sms/responses/", uses=response_store.LIST)
def handler(caller: Admin) -> list[dict[str, Any]]:
    """All codes that were made, in the order in which they were made."""
    return [response.model_dump() for response in response_store.responses()]
