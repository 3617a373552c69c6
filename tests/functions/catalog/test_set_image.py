import base64

import pytest

from kalit.kit.resources import Bucket

from ..rows import unchanged
from ..shop.market import Market

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PICTURES = {
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0" + b"0" * 50 + b"\xff\xd9",
    "gif": b"GIF89a" + b"0" * 50 + b";",
    "webp": b"RIFF\x32\x00\x00\x00WEBP" + b"0" * 42,
}
NOT_AN_IMAGE = "Upload a valid image. The file you uploaded was either not an image or a corrupted image."


def uploaded(market: Market, product: int, content: bytes) -> str:
    """What an upload is called."""
    answer = market.staff("ask_upload", {"content_type": "image/png", "size": len(content)}, id=product)
    place = str(answer.json["image"])
    market.aws.client("s3").put_object(Bucket=market.aws.ids[Bucket.PICTURES], Key=place, Body=content)
    return place


@pytest.mark.parametrize("ending", PICTURES)
def test_what_is_a_picture_by_its_bytes_is_everybodys_to_see(market: Market, ending: str) -> None:
    product = market.product()
    answer = market.staff("set_image", {"image": uploaded(market, product, PICTURES[ending])}, id=product)
    assert answer.status == 200, answer.text
    url = answer.json["image"]
    assert url.startswith(f"http://localhost:8000/media/products/{product}/")
    assert url.endswith(f".{ending}")
    assert market.ask("catalog.show_product", id=product).json["image"] == url
    key = url.removeprefix("http://localhost:8000/")
    found = market.aws.client("s3").get_object(Bucket=market.aws.ids[Bucket.PICTURES], Key=key)
    assert found["ContentType"] == {"jpg": "image/jpeg"}.get(ending, f"image/{ending}")
    assert found["CacheControl"] == "public, max-age=31536000, immutable"
    assert "product.picture" in market.acts


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<script>alert(1)</script>",
        b"GIF8",
        PNG[:-4],
        PNG[4:],
        b"RIFF0000WAVE",
    ],
)
def test_what_is_no_picture_is_refused(market: Market, content: bytes) -> None:
    product = market.product()
    place = uploaded(market, product, content)
    with unchanged(market.aws):
        answer = market.staff("set_image", {"image": place}, id=product)
    assert (answer.status, answer.json) == (400, {"image": [NOT_AN_IMAGE]})


@pytest.mark.parametrize("place", ["uploads/1/nothing", "uploads/2/x", "media/products/1/x.png", "../secret", " "])
def test_only_what_was_uploaded_for_it_becomes_its_picture(market: Market, place: str) -> None:
    product = market.product()
    with unchanged(market.aws):
        assert market.staff("set_image", {"image": place}, id=product).status == 400
    assert market.staff("set_image", {"image": place or "x"}, id=9).status in (400, 404)


def test_there_must_be_such_a_product(market: Market) -> None:
    assert market.staff("set_image", {"image": "uploads/9/x"}, id=9).status == 404
