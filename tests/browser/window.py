"""A browser's window that remembers what went wrong in it."""

from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Request


class Window:
    """One page at a time, with everything that it asked for and complained of."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page, self.url, self.pictures = page, url, pictures
        page.set_default_timeout(60_000)
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._failed)

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # given up by a page that was left before it had all
            self.complaints.append(f"failed: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    @property
    def strangers(self) -> list[str]:
        """What was asked of other hosts than ours."""
        return [url for url in self.asked if not url.startswith((f"{self.url}/", "data:", "blob:"))]

    @property
    def scrolls_sideways(self) -> bool:
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return wide

    def picture(self, name: str) -> None:
        """Keep how it looks now."""
        self.page.screenshot(path=self.pictures / f"{name}.png", animations="disabled")
