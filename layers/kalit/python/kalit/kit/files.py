"""Files that are too large for an answer: put into a bucket, and handed out by a link that holds for minutes."""

import secrets

from . import aws
from .resources import Bucket

LINK_HOLDS = 300  # seconds


def hand_out(bucket: Bucket, name: str, content: bytes, media_type: str) -> str:
    """A link to a new file, which a browser saves under `name`. Nobody guesses where it lies. One s3:PutObject."""
    place = {"Bucket": bucket.id, "Key": f"{secrets.token_urlsafe(32)}/{name}"}
    told = {"ContentType": media_type, "ContentDisposition": f'attachment; filename="{name}"'}
    client = aws.client("s3")
    client.put_object(**place, **told, Body=content)
    link: str = client.generate_presigned_url("get_object", Params=place, ExpiresIn=LINK_HOLDS)
    return link
