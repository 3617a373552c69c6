"""Pictures of products, in their bucket: uploaded by staff, looked at, and then everybody's to see.

pictures/uploads/<product>/<uuid>            as somebody has uploaded it; gone after a day
pictures/media/products/<product>/<hash>     what was found to be a picture; the edge serves it
"""

from datetime import datetime, timedelta
from uuid import uuid4

from kalit.kit import files
from kalit.kit.caller import Caller
from kalit.kit.resources import Bucket, Grant, Table

from . import pictures, product_store
from .admin import AdminProduct
from .pictures import MEDIA, UPLOADS, NewPicture, Upload

UPLOAD_HOLDS = timedelta(minutes=5)

ASK: tuple[Grant, ...] = (Table.SHOP.get, Bucket.PICTURES.put_below(UPLOADS))
SET: tuple[Grant, ...] = (
    *product_store.PICTURE,
    Bucket.PICTURES.get_below(UPLOADS),
    Bucket.PICTURES.put_below(MEDIA),
)
REMOVE: tuple[Grant, ...] = product_store.PICTURE


def ask(product: int, told: NewPicture, at: datetime) -> Upload:
    """What a product's picture is to be uploaded with. Raises `ProductNotFound`. One read."""
    product_store.row(product)
    place = pictures.upload_place(product, uuid4())
    form = files.take_in(Bucket.PICTURES, place, told.content_type, told.size, UPLOAD_HOLDS)
    return pictures.upload(form, place, at + UPLOAD_HOLDS)


def take(product: int, place: str, caller: Caller, origin: str, at: datetime) -> AdminProduct:
    """Make an upload a product's picture. Raises `ProductNotFound`, or `Invalid` when it is not there, or no picture.

    Two reads, a GetObject, a PutObject and a transaction.
    """
    product_store.row(product)
    pictures.check_upload(place, product)
    content = files.read(Bucket.PICTURES, place)
    if content is None:
        raise pictures.no_file()
    public, media_type = pictures.published(product, content)
    files.publish(Bucket.PICTURES, public, content, media_type)
    return product_store.picture(product, public, caller, origin, at)
