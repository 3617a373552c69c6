"""Answers below /api/v1, as the lock service writes them: `success`, and what belongs to it."""

from typing import Generic, Literal, TypeVar

from .fields import Output

Data = TypeVar("Data")


class Said(Output):
    """Something was done."""

    success: Literal[True] = True
    message: str


class Given(Output, Generic[Data]):
    """Something was asked for."""

    success: Literal[True] = True
    data: Data


class Done(Said, Generic[Data]):
    """Something was done, and this came of it."""

    data: Data


class Listed(Output, Generic[Data]):
    """A list that is not paged."""

    success: Literal[True] = True
    count: int
    data: list[Data]

    @classmethod
    def of(cls, data: list[Data]) -> "Listed[Data]":
        return cls(count=len(data), data=data)
