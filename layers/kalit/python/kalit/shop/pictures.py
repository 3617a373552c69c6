"""Pictures of products: which files are taken for one, and where they are seen."""

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from kalit.kit.errors import Invalid
from kalit.kit.fields import Input, Moment, NonBlank, Output, Whole
from kalit.kit.words import Text

LARGEST = 5_000_000  # bytes
UPLOADS, MEDIA = "uploads", "media"

NOT_AN_IMAGE = Text(
    "Upload a valid image. The file you uploaded was either not an image or a corrupted image.",
    ru="Загрузите правильное изображение. Файл, который вы загрузили, поврежден или не является изображением.",
    uz="Toʻgʻri rasm yuklang. Siz yuklagan fayl rasm emas yoki buzilgan.",
)
NO_FILE = Text("No file was submitted.", ru="Ни одного файла не было отправлено.", uz="Fayl yuborilmagan.")

# media type -> how a file's name ends, how its content begins, what it has at its eighth byte, how it ends
KINDS = {
    "image/jpeg": ("jpg", b"\xff\xd8\xff", b"", b"\xff\xd9"),
    "image/png": ("png", b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\rIHDR", b"IEND\xaeB`\x82"),
    "image/gif": ("gif", b"GIF8", b"", b";"),
    "image/webp": ("webp", b"RIFF", b"WEBP", b""),
}
MediaType = Literal["image/jpeg", "image/png", "image/gif", "image/webp"]


class NewPicture(Input):
    """A file that is to be uploaded."""

    content_type: MediaType = Field(examples=["image/jpeg"])
    size: Annotated[Whole, Field(ge=1, le=LARGEST)] = Field(description="In bytes.", examples=[120_000])


class Upload(Output):
    """What the file is to be posted with, as a multipart form: the fields, then the file as `file`."""

    url: str = Field(examples=["https://prod-pictures.s3.amazonaws.com/"])
    fields: dict[str, Any] = Field(examples=[{"key": "uploads/1/5f2c", "Content-Type": "image/jpeg"}])
    image: str = Field(description="What to name it by when it is uploaded.", examples=["uploads/1/5f2c"])
    expires_at: Moment = Field(examples=["2026-11-21T00:14:51.973Z"])


class SetPicture(Input):
    """A file that was uploaded for this product."""

    image: Annotated[NonBlank, Field(max_length=200)] = Field(examples=["uploads/1/5f2c"])


def upload_place(product: int, id: UUID) -> str:
    return f"{UPLOADS}/{product}/{id.hex}"


def check_upload(place: str, product: int) -> None:
    """Only what was uploaded for a product becomes its picture. Raises `Invalid`."""
    if not place.startswith(f"{UPLOADS}/{product}/"):
        raise no_file()


def published(product: int, content: bytes) -> tuple[str, str]:
    """Where an uploaded picture is to lie, and its media type by its bytes. Raises `Invalid` when it is none."""
    for media_type, (ending, begin, eighth, end) in KINDS.items():
        if content.startswith(begin) and content[8:].startswith(eighth) and content.endswith(end):
            return f"{MEDIA}/products/{product}/{hashlib.sha256(content).hexdigest()[:32]}.{ending}", media_type
    raise Invalid.field("image", NOT_AN_IMAGE)


def no_file() -> Invalid:
    return Invalid.field("image", NO_FILE)


def upload(told: dict[str, Any], place: str, expires_at: datetime) -> Upload:
    return Upload(url=told["url"], fields=told["fields"], image=place, expires_at=expires_at)


def address(place: str | None, origin: str) -> str | None:
    """Where a picture is seen, by where it lies."""
    return f"{origin}/{place}" if place else None
