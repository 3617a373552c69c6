"""HTML pages: markup of ours, with scripts and styles from the static files and from nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from .api import Reply

# Nothing of a page may come from another host, and no script may stand in the page itself.
POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self' data:",
    "script-src": "'self'",
    "style-src": "'self'",
}


@dataclass(frozen=True)
class Html(Reply):
    """A page. A door that returns one is told where the static files are."""

    media_type: str = "text/html; charset=utf-8"


def page(
    title: str, body: str, *files: str, language: str = "", status: int = 200, also: Mapping[str, str] = {}
) -> Html:
    """A whole page: `files` are scripts and styles by name, `also` what it needs beyond `POLICY`.

    `title` is text, `body` markup in which values are escaped. Its address may be a secret, so it is told to nobody.
    """
    policy = {**POLICY, **also}
    head = "\n".join(_link(os.environ["STATIC"] + file) for file in files)
    return Html(
        f"""<!doctype html>
<html lang="{language or "en"}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
{_link(os.environ["STATIC"] + "kalit.svg")}
{head}
{body}
</html>
""",
        status=status,
        headers={"Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in policy.items())},
    )


TAGS = {
    "css": '<link rel="stylesheet" href="{}">',
    "js": '<script src="{}" defer></script>',
    "mjs": '<script src="{}" type="module"></script>',
    "svg": '<link rel="icon" href="{}">',
}


def _link(address: str) -> str:
    return TAGS[address.rpartition(".")[2]].format(escape(address))
