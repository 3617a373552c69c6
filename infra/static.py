"""Static files: the docs pages' bundles and our own scripts, in S3 behind the edge.

Their path names their content (`/static/<version>/swagger.js`), so browsers may keep them for ever, and a page that
is open during a deployment still finds its own. What is not in the bucket yet is uploaded by whoever deploys.
"""

import hashlib
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from kalit.kit.doors import Door
from kalit.kit.html import Html

from .catalog import ROOT

BUCKET = "FilesBucket"  # the output of a stage's state that names their bucket
PICTURES = "PicturesBucket"  # and that of products' pictures
OWN = ROOT / "functions" / "edge" / "static"
# Found by its files: the package itself is a Django application, and cannot be imported without Django.
SIDECAR = distribution("drf-spectacular-sidecar").locate_file("drf_spectacular_sidecar")
BUNDLES = Path(str(SIDECAR)) / "static" / "drf_spectacular_sidecar"
BUNDLED = (
    "redoc/bundles/redoc.standalone.js",
    "redoc/bundles/redoc.standalone.js.LICENSE.txt",
    "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui-dist/swagger-ui.css",
)
# Redoc shows its maker's logo from a host of theirs; our pages load nothing from other hosts.
LOGO, NO_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"data:,"

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FOR_EVER = "public, max-age=31536000, immutable"
# CloudFront adds these to every answer of S3, the local gateway does the same.
HEADERS = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def files() -> dict[str, bytes]:
    """Name -> content of everything that is served."""
    return dict(sorted(_read()))


def _read() -> Iterator[tuple[str, bytes]]:
    for name in BUNDLED:
        yield name.rpartition("/")[2], (BUNDLES / name).read_bytes().replace(LOGO, NO_LOGO)
    for file in OWN.iterdir():
        if file.suffix in TYPES:
            yield file.name, file.read_bytes()


def folder(served: Mapping[str, bytes]) -> str:
    """Where the files of this version are: their path below the public address, and their prefix in the bucket."""
    digest = hashlib.sha256()
    for name, content in served.items():
        digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return f"static/{digest.hexdigest()[:16]}/"


def variables(door: Door) -> dict[str, str]:
    """What the environment of a door tells it that answers with pages."""
    return {"STATIC": f"/{folder(files())}"} if door.call.__annotations__.get("return") is Html else {}


def upload(s3: Any, bucket: str) -> int:
    """Put what is not there yet. Returns how many files that were."""
    served = files()
    prefix = folder(served)
    there = {item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])}
    missing = [name for name in served if prefix + name not in there]
    for name in missing:
        s3.put_object(
            Bucket=bucket,
            Key=prefix + name,
            Body=served[name],
            ContentType=TYPES[Path(name).suffix],
            CacheControl=FOR_EVER,
        )
    return len(missing)
