"""What the edge, the gateway and every door agree on."""

import json
import re

import pytest
import requests

from infra.catalog import catalog, endpoints
from tests.running import Local

ROUTES = [(method, path) for door in endpoints(catalog()) for method, path in door.routes]


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[f"{method} {path}" for method, path in ROUTES])
def test_every_route_is_served_with_and_without_its_final_slash(local: Local, method: str, path: str) -> None:
    told = []
    for way in (path.rstrip("/"), path.rstrip("/") + "/"):
        way = re.sub(r"\{\w+\}", "999999", way)
        answer = requests.request(method, local.url + way, timeout=30, allow_redirects=False)
        told.append((answer.status_code, answer.headers["content-type"]))
        assert answer.status_code < 500, answer.text
        assert answer.status_code != 405, answer.text
        assert answer.status_code != 404 or "{" in path
    assert told[0] == told[1]


def test_an_unknown_path_is_404_in_the_dialect_of_its_path(local: Local) -> None:
    assert requests.get(f"{local.url}/no/such/path/", timeout=30).json() == {"detail": "Not found."}
    answer = requests.get(f"{local.url}/api/v1/no/such/path/", timeout=30)
    assert answer.status_code == 404
    assert answer.json() == {"success": False, "error": {"message": "Not found.", "code": 404}}


@pytest.mark.parametrize("id", ["1%0A", "%0A", "%C2%92%1B%0A", "a%2Fb", "..%0D%0A"])
def test_an_id_of_any_characters_is_answered_by_the_door(local: Local, id: str) -> None:
    answer = local.user().get(f"/api/tasks/{id}/")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"


def test_a_wrong_method_is_405_and_says_which_are_right(local: Local) -> None:
    answer = local.user().session.put(f"{local.url}/api/tasks/create/", timeout=30)
    assert answer.status_code == 405
    assert answer.json() == {"detail": 'Method "PUT" not allowed.'}
    assert answer.headers["allow"] == "POST"
    shadow = local.user().get("/api/tasks/create/")  # fits GET /api/tasks/{id}/, but is no id
    assert (shadow.status_code, shadow.headers["allow"]) == (405, "POST")


def test_only_the_edge_may_call_the_api(local: Local) -> None:
    answer = requests.get(f"{local.system.gateway.target}/health", timeout=30)
    assert answer.status_code == 403
    assert requests.get(f"{local.url}/health/", headers={"x-kalit-edge": "guess"}, timeout=30).status_code == 200


def test_a_browser_of_a_listed_origin_may_ask(local: Local) -> None:
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    answer = requests.options(f"{local.url}/api/tasks/create/", headers=headers, timeout=30)
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"


def test_a_body_of_more_than_a_megabyte_is_refused(local: Local) -> None:
    body = json.dumps({"task_type": "sum", "input_data": {"numbers": [1], "more": "x" * 1_000_001}})
    answer = local.user().session.post(
        f"{local.url}/api/tasks/create/", data=body, headers={"content-type": "application/json"}, timeout=30
    )
    assert answer.status_code == 413


def test_forms_and_multipart_are_read_like_json(local: Local) -> None:
    user = local.user()
    form = {"task_type": "sum", "input_data": '{"numbers": [1, 2]}'}
    for sent in ({"data": form}, {"files": {name: (None, value) for name, value in form.items()}}):
        answer = user.session.post(f"{local.url}/api/tasks/create/", timeout=30, **sent)
        assert answer.status_code == 201, answer.text
        assert answer.json()["input_data"] == {"numbers": [1, 2]}


def test_the_same_key_and_body_give_the_first_answer_again(local: Local) -> None:
    user = local.user()
    body = {"task_type": "countdown", "input_data": {"seconds": 600}}
    first, second = (user.post("/api/tasks/create/", body, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert user.get("/api/tasks/").json()["count"] == 1


def test_the_schema_is_served_as_json_and_yaml(local: Local) -> None:
    told = requests.get(f"{local.url}/swagger.json", timeout=30).json()
    assert told["openapi"] == "3.1.0"
    answer = requests.get(f"{local.url}/api/schema/", headers={"Accept": "application/yaml"}, timeout=30)
    assert answer.headers["content-type"] == "application/yaml"
    assert answer.text.startswith('openapi: "3.1.0"\n')


def test_static_files_are_served_for_ever_and_compressed(local: Local) -> None:
    page = requests.get(f"{local.url}/api/docs/", timeout=30).text
    script = page.partition('<script src="')[2].partition('"')[0]
    answer = requests.get(local.url + script, headers={"Accept-Encoding": "gzip"}, timeout=30)
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "SwaggerUIBundle" in answer.text
    assert requests.get(f"{local.url}/static/no/such/file.js", timeout=30).status_code == 404


def test_tokens_are_signed_by_a_published_key(local: Local) -> None:
    import jwt

    user = local.user()
    token = str(user.session.headers["Authorization"]).removeprefix("Bearer ")
    keys = jwt.PyJWKSet.from_dict(requests.get(f"{local.url}/.well-known/jwks.json", timeout=30).json())
    assert len(keys.keys) == 2
    header = jwt.get_unverified_header(token)
    assert header["alg"] == "ES256"
    assert jwt.decode(token, keys[header["kid"]], algorithms=["ES256"])["token_type"] == "access"
