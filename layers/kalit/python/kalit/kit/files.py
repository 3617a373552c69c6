"""Files in buckets: handed out by a link that holds for minutes, taken in by a form that does, and read in parts."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from . import aws
from .resources import Bucket

FOR_EVER = "public, max-age=31536000, immutable"
LINK_HOLDS = 300  # seconds
PIECE = 1024 * 1024  # bytes
# What S3 says where a file is not there: the second to those who may not list the bucket.
ABSENT = ("NoSuchKey", "AccessDenied")


def hand_out(bucket: Bucket, name: str, content: bytes, media_type: str) -> str:
    """A link to a new file, which a browser saves under `name`. Nobody guesses where it lies. One s3:PutObject."""
    place = {"Bucket": bucket.id, "Key": f"{secrets.token_urlsafe(32)}/{name}"}
    told = {"ContentType": media_type, "ContentDisposition": f'attachment; filename="{name}"'}
    client = aws.client("s3")
    client.put_object(**place, **told, Body=content)
    link: str = client.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_HOLDS)
    return link


def take_in(bucket: Bucket, key: str, media_type: str, largest: int, holds: timedelta) -> dict[str, Any]:
    """A form by which whoever has it uploads that one file: `url` and `fields`. S3 refuses what is larger. No call."""
    form: dict[str, Any] = aws.client("s3").generate_presigned_post(
        bucket.id,
        key,
        Fields={"Content-Type": media_type},
        Conditions=[{"Content-Type": media_type}, ["content-length-range", 1, largest]],
        ExpiresIn=round(holds.total_seconds()),
    )
    return form


def keep(bucket: Bucket, key: str, content: bytes) -> None:
    """One s3:PutObject."""
    aws.client("s3").put_object(Bucket=bucket.id, Key=key, Body=content)


def publish(bucket: Bucket, key: str, content: bytes, media_type: str) -> None:
    """Put a file whose name tells its content, so that everybody may keep it for ever. One s3:PutObject."""
    told = {"ContentType": media_type, "CacheControl": FOR_EVER}
    aws.client("s3").put_object(Bucket=bucket.id, Key=key, Body=content, **told)


def size(bucket: Bucket, key: str) -> int | None:
    """How many bytes a file has; None where it is not there. One s3:GetObject, of which nothing is read."""
    found = _found(bucket, key)
    if not found:
        return None
    found["Body"].close()
    return int(found["ContentLength"])


def read(bucket: Bucket, key: str) -> bytes | None:
    """A file's content; None where it is not there. One s3:GetObject."""
    found = _found(bucket, key)
    if not found:
        return None
    content: bytes = found["Body"].read()
    return content


def pieces(bucket: Bucket, key: str) -> Iterator[bytes]:
    """A file from its beginning. One s3:GetObject."""
    yield from aws.client("s3").get_object(Bucket=bucket.id, Key=key)["Body"].iter_chunks(PIECE)


def part(bucket: Bucket, key: str, offset: int, length: int) -> bytes:
    """A part of a file that has as much. One s3:GetObject."""
    asked = f"bytes={offset}-{offset + length - 1}"
    content: bytes = aws.client("s3").get_object(Bucket=bucket.id, Key=key, Range=asked)["Body"].read()
    return content


def _found(bucket: Bucket, key: str) -> dict[str, Any] | None:
    client = aws.client("s3")
    try:
        found: dict[str, Any] = client.get_object(Bucket=bucket.id, Key=key)
    except client.exceptions.ClientError as error:
        if aws.error_code(error) in ABSENT:
            return None
        raise
    return found
