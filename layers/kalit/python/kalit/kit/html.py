"""Small pages for people: one style, no script, nothing from elsewhere."""

from html import escape
from string import Template

from .api import Reply

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    # The address of such a page may be a secret.
    "Referrer-Policy": "no-referrer",
}

PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { width: min(24rem, 100vw - 3rem); }
h1 { font-size: 1.4rem; }
label { display: block; margin-top: 1rem; }
input, button { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem .8rem; border-radius: .5rem; }
input { border: 1px solid gray; }
button { margin-top: 1.5rem; border: 0; background: #1f5fbf; color: white; cursor: pointer; }
.problem { color: #c62828; }
</style>
</head>
<body><main><h1>$title</h1>$body</main></body>
</html>
""")


def page(title: str, body: str, language: str, status: int = 200) -> Reply:
    """A page. `title` is text, `body` markup whose values are escaped."""
    text = PAGE.substitute(title=escape(title), body=body, language=escape(language or "en"))
    return Reply(text, status=status, headers=HEADERS, media_type="text/html; charset=utf-8")
