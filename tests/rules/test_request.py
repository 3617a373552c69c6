"""A gateway's event as the request it stands for, and its body as data."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kalit.kit.errors import ParseError, TooLarge, UnsupportedMediaType
from kalit.kit.request import Request

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=frontier"


def request(
    body: bytes = b"", media_type: str = "application/json", *, query: str = "", headers: dict[str, str] | None = None
) -> Request:
    return Request(
        {
            "rawPath": "/api/tasks",
            "rawQueryString": query,
            "headers": {"Content-Type": media_type, **(headers or {})},
            "requestContext": {"http": {"method": "POST"}, "requestId": "gateway-1"},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
    )


def part(name: str, value: bytes, media_type: str = "", filename: str = "") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    kind = f"\r\nContent-Type: {media_type}" if media_type else ""
    return f"--frontier\r\n{disposition}{kind}\r\n\r\n".encode() + value + b"\r\n"


def multipart(*parts: bytes) -> Request:
    return request(b"".join(parts) + b"--frontier--\r\n", MULTIPART)


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "", "application/vnd.api+json"],
)
def test_a_json_body_is_read(media_type: str) -> None:
    assert request(b'{"name": "\xd0\xbe\xd0\xba", "n": [1, 2.5, null, true]}', media_type).data() == (
        {"name": "ок", "n": [1, 2.5, None, True]},
        "json",
    )


def test_a_body_may_come_as_text() -> None:
    event = {"rawPath": "/", "requestContext": {"http": {"method": "POST"}}, "body": '{"a": "ў"}'}
    assert Request(event).data() == ({"a": "ў"}, "json")


@pytest.mark.parametrize("media_type", ["application/json", "", "text/plain"])
def test_no_body_is_an_empty_object(media_type: str) -> None:
    assert request(b"", media_type).data() == ({}, "json")


@pytest.mark.parametrize("text", ["[]", '"text"', "5", "null", "true"])
def test_json_that_is_no_object_is_read_as_it_is(text: str) -> None:
    assert request(text.encode()).data() == (json.loads(text), "json")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "Expecting property name"),
        (b'{"a": 1,}', "trailing comma"),
        (b"{'a': 1}", "Expecting property name"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": Infinity}', "Infinity is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 7"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8 at byte 7"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        (b'{"a": "\\ud800"}', "a lone surrogate is not text"),
        (b'{"\\udfff": 1}', "a lone surrogate is not text"),
        (b"[" * 100_000, "nested more than 100 levels deep"),
        (b'{"a":' * 100_000, "nested more than 100 levels deep"),
        (b"1" * 5_000, "4300 digits"),
        (b'{"a": 1} {"b": 2}', "Extra data"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_broken_json_is_a_parse_error_that_says_why(body: bytes, why: str) -> None:
    with pytest.raises(ParseError, match=why) as refused:
        request(body).data()
    assert str(refused.value).startswith("JSON parse error - ")


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b'{"a": [1e400]}'])
def test_a_number_that_no_float_holds_is_a_parse_error(number: bytes) -> None:
    with pytest.raises(ParseError):
        request(number).data()


@pytest.mark.parametrize(
    "body",
    [b"[" * 100 + b"]" * 100, b'{"a": [' * 50 + b"]}" * 50, b"[" + b"[1]," * 200 + b"{}]", b'"' + b"[" * 200 + b'"'],
    ids=["lists", "both", "many", "text"],
)
def test_json_of_a_hundred_levels_is_read(body: bytes) -> None:
    assert request(body).data() == (json.loads(body), "json")


def test_a_pair_of_surrogates_is_text() -> None:
    assert request(b'{"a": "\\ud83d\\udd11"}').data() == ({"a": "\U0001f511"}, "json")


def test_the_reason_of_a_parse_error_is_short() -> None:
    with pytest.raises(ParseError) as refused:
        request(b'{"a": ' + b"x" * 10_000).data()
    assert len(str(refused.value)) < 300


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)
ALMOST_JSON = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", ":", ",", '"a"', '"\\ud800"', '"\\u0041"', "1", "-", "0.5e-9", "1e999", "NaN", "null", " "]
    )
).map("".join)


@given(JSON)
def test_json_is_read_as_it_was_meant(value: Any) -> None:
    assert request(json.dumps(value).encode()).data() == (value, "json")


@given(st.one_of(st.binary(), ALMOST_JSON.map(str.encode), JSON.map(json.dumps).map(str.encode)))
@example(b"1e999")
def test_any_body_is_refused_as_a_parse_error_or_can_be_written_again(body: bytes) -> None:
    try:
        value, _ = request(body).data()
    except ParseError:
        return
    assert json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def test_a_form_is_read() -> None:
    body = urlencode({"username": "али", "password": "a b&c=d", "note": ""}).encode()
    assert request(body, FORM).data() == ({"username": "али", "password": "a b&c=d", "note": ""}, "form")


def test_a_form_with_an_options_part_is_read() -> None:
    assert request(b"a=1", f"{FORM}; charset=UTF-8").data() == ({"a": "1"}, "form")


@given(st.binary())
def test_any_form_is_refused_as_a_parse_error_or_is_text(body: bytes) -> None:
    try:
        value, source = request(body, FORM).data()
    except ParseError:
        return
    assert source == "form"
    assert json.dumps(value, ensure_ascii=False).encode()


def test_a_multipart_form_is_read() -> None:
    assert multipart(part("username", "али".encode()), part("password", b"a b")).data() == (
        {"username": "али", "password": "a b"},
        "form",
    )


def test_files_of_a_multipart_form_are_left_out() -> None:
    assert multipart(part("a", b"1"), part("b", b"2", "image/png", "b.png")).data() == ({"a": "1"}, "form")


def test_a_quoted_boundary_is_understood() -> None:
    body = part("a", b"1") + b"--frontier--\r\n"
    assert request(body, 'multipart/form-data; charset=utf-8; boundary="frontier"').data() == ({"a": "1"}, "form")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", MULTIPART),
        (b"no parts at all", MULTIPART),
        (part("a", b"1"), MULTIPART),
        (part("a", b"1") + b"--frontier--\r\n", "multipart/form-data"),
        (part("a", b"1") + b"--frontier--\r\n", "multipart/form-data; boundary=another"),
        (part("a", b"\xff") + b"--frontier--\r\n", MULTIPART),
        (b"--frontier\r\n\r\nnameless\r\n--frontier--\r\n", MULTIPART),
        (part("a", b"1", "text/plain; charset=unknown") + b"--frontier--\r\n", MULTIPART),
        (part("a", b"1", "text/plain; charset=base64") + b"--frontier--\r\n", MULTIPART),
    ],
    ids=[
        "empty",
        "no parts",
        "no end",
        "no boundary",
        "another boundary",
        "not UTF-8",
        "a part without a name",
        "unknown charset",
        "a charset that is none",
    ],
)
def test_a_broken_multipart_form_is_a_parse_error(body: bytes, media_type: str) -> None:
    with pytest.raises(ParseError):
        request(body, media_type).data()


def test_a_charset_that_makes_no_text_is_a_parse_error() -> None:
    with pytest.raises(ParseError):
        multipart(part("a", b"+2AA-", "text/plain; charset=utf-7")).data()


@given(st.one_of(st.binary(), st.binary().map(lambda value: part("a", value) + b"--frontier--\r\n")))
def test_any_multipart_form_is_refused_as_a_parse_error_or_is_text(body: bytes) -> None:
    try:
        value, _ = request(body, MULTIPART).data()
    except ParseError:
        return
    assert json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/jsonp", "json", "image/png"])
def test_another_media_type_is_refused_by_name(media_type: str) -> None:
    with pytest.raises(UnsupportedMediaType) as refused:
        request(b"{}", media_type).data()
    assert str(refused.value) == f'Unsupported media type "{media_type}" in request.'


@pytest.mark.parametrize("media_type", ["application/json", FORM])
def test_a_body_of_a_million_bytes_is_read(media_type: str) -> None:
    body = b'"' + b"x" * 999_998 + b'"'
    assert len(request(body, media_type).raw()) == 1_000_000


@pytest.mark.parametrize("media_type", ["application/json", FORM, MULTIPART, "text/plain"])
def test_a_larger_body_is_refused_whatever_its_type(media_type: str) -> None:
    with pytest.raises(TooLarge) as refused:
        request(b"x" * 1_000_001, media_type).data()
    assert str(refused.value) == "The body is 1000001 bytes; at most 1000000 are accepted."


@pytest.mark.parametrize("id", ["r-1", "a", "3f0f4f9e-6a35-4cb5-9b66-0a54cf0d1a11", "A.b_c-9", "x" * 128])
def test_a_plain_request_id_is_kept(id: str) -> None:
    assert request(headers={"X-Request-Id": id}).id == id


@pytest.mark.parametrize("id", ["", "x" * 129, "a b", "a\nb", "ид", "-", "a;b", '"a"', "٣", "a\x00"])
def test_an_odd_request_id_gives_way_to_the_gateways(id: str) -> None:
    assert request(headers={"X-Request-Id": id}).id == "gateway-1"


def test_header_names_are_the_same_in_any_case() -> None:
    assert request(headers={"X-ANYTHING": "1"}).header("x-anything") == "1"


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {}),
        ("page=2&status=", {"page": "2", "status": ""}),
        ("page=1&page=2", {"page": "2"}),
        ("q=a+b%26c", {"q": "a b&c"}),
        ("q=%ff", {"q": "\ufffd"}),
    ],
)
def test_a_query_is_read(query: str, fields: dict[str, str]) -> None:
    assert request(query=query).fields() == fields


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ({"host": "kalit.uz"}, "https://kalit.uz/api/tasks"),
        ({"host": "localhost:8000", "x-kalit-scheme": "http"}, "http://localhost:8000/api/tasks"),
        (
            {"host": "abc.execute-api", "x-kalit-host": "kalit.uz", "x-kalit-path": "/api/tasks/"},
            "https://kalit.uz/api/tasks/",
        ),
    ],
)
def test_the_address_is_the_one_that_the_client_wrote(headers: dict[str, str], url: str) -> None:
    assert request(headers=headers).url == url


@pytest.mark.parametrize(
    ("shown", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_an_address_is_that_of_a_customer(shown: str, address: str) -> None:
    assert request(headers={"x-kalit-address": shown}).address == address


def test_the_origin_is_what_the_client_wrote() -> None:
    headers = {"x-kalit-host": "kalit.uz", "x-kalit-scheme": "https", "x-kalit-path": "/api/tasks/"}
    assert request(headers=headers).origin == "https://kalit.uz"


def test_only_a_form_is_a_form() -> None:
    assert request(b"a=1", FORM).form() == {"a": "1"}
    assert request(b'{"a": 1}').form() == {}
