"""The market, whose shelves these doors fill."""

from ..shop.conftest import _come, market

__all__ = ["_come", "market"]
