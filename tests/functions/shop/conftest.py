"""The market."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.cloud import Cloud

from ..rows import Once
from ..world import Clock
from .market import Market, opened
from .till import Till


@pytest.fixture(scope="package")
def _come() -> Once[Market]:
    """The market as it was when all had come."""
    return []


@pytest.fixture
def market(aws: Cloud, clock: Clock, _come: Once[Market]) -> Market:
    return opened(aws, clock, _come)


@pytest.fixture
def till(market: Market) -> Till:
    return Till(market)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of somebody who takes every connection, and hangs up without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            while True:
                try:
                    taken, _ = server.accept()
                    taken.recv(65_536)
                    taken.close()
                except OSError:
                    return

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
