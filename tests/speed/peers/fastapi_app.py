"""A task shown and created, in FastAPI behind Mangum."""

import time
from enum import StrEnum
from typing import Annotated, Any

import common
from fastapi import Depends, FastAPI, Header, HTTPException
from mangum import Mangum
from pydantic import BaseModel, ValidationInfo, field_validator


class TaskType(StrEnum):
    SUM = "sum"
    COUNTDOWN = "countdown"


class NewTask(BaseModel):
    task_type: TaskType
    input_data: dict[str, Any]

    @field_validator("input_data")
    @classmethod
    def fits(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if wrong := common.fits(info.data.get("task_type"), value):
            raise ValueError(wrong)
        return value


class Task(BaseModel):
    id: int
    task_type: TaskType
    input_data: Any
    status: str
    result: dict[str, Any] | None
    created_at: str


class Account(BaseModel):
    number: int
    role: str
    username: str


def caller(authorization: Annotated[str | None, Header()] = None) -> Account:
    try:
        return Account(**common.authenticate(authorization))
    except common.NotSignedIn:
        raise HTTPException(401, "Authentication credentials were not provided.") from None


app = FastAPI(redirect_slashes=False)


@app.get("/api/tasks/{id}")
def show(id: int, caller: Annotated[Account, Depends(caller)]) -> Task:
    began = time.perf_counter()
    task = common.show(caller.number, id)
    if task is None:
        raise HTTPException(404, "Not found.")
    common.answered("tasks.show", caller.number, 200, began)
    return Task(**task)


@app.post("/api/tasks/create", status_code=201)
def create(new: NewTask, caller: Annotated[Account, Depends(caller)]) -> Task:
    began = time.perf_counter()
    try:
        task = common.create(caller.number, new.task_type, new.input_data)
    except common.TooManyTasks:
        raise HTTPException(400, "You cannot have more than 5 active tasks.") from None
    common.answered("tasks.create", caller.number, 201, began)
    return Task(**task)


handler = Mangum(app, lifespan="off")
