"""What a model says to data that it does not take."""

from typing import Any

import pytest
from pydantic import BaseModel

from kalit.kit.errors import Invalid
from kalit.kit.fields import read


def refusal(model: type[BaseModel], data: Any, language: str = "", source: str = "json") -> dict[str, list[str]]:
    """Field -> messages. Fails where the data is taken."""
    with pytest.raises(Invalid) as refused:
        read(model, data, source=source)
    return refused.value.said(language)
