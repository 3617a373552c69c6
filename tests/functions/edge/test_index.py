import pytest

from infra.catalog import catalog, endpoints
from tests.cloud import Cloud

from ..rows import unchanged

LINKS = {
    "clients": "/api/clients/",
    "campaigns": "/api/campaigns/",
    "categories": "/api/categories/",
    "products": "/api/products/",
    "reviews": "/api/reviews/",
    "orders": "/api/orders/",
    "docs": "/api/docs/",
}
LOCKS = {
    "auth": "/api/v1/auth/",
    "devices": "/api/v1/devices/",
    "access": "/api/v1/access/",
    "security": "/api/v1/security/",
}


@pytest.mark.parametrize(
    ("headers", "here"),
    [
        ({}, "http://localhost:8000"),
        ({"x-kalit-path": "/api"}, "http://localhost:8000"),
        ({"x-kalit-scheme": "https", "x-kalit-host": "api.example.com"}, "https://api.example.com"),
    ],
)
def test_everything_is_named_by_its_public_address(aws: Cloud, headers: dict[str, str], here: str) -> None:
    with unchanged(aws):
        answer = aws.http("edge.index", headers=headers)
    assert answer.status == 200
    assert answer.json == {
        "message": "Kalit API",
        "version": "1.0.0",
        **{name: here + path for name, path in LINKS.items()},
        "endpoints": {name: here + path for name, path in LOCKS.items()},
    }


def test_the_docs_are_where_it_says(aws: Cloud) -> None:
    assert LINKS["docs"] in {path for door in endpoints(catalog()) for _, path in door.routes}
