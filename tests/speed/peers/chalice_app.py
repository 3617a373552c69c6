"""A task shown and created, in Chalice."""

import time

import common
from chalice import BadRequestError, Chalice, NotFoundError, Response, UnauthorizedError

app = Chalice(app_name="tasks")


def caller():
    try:
        return common.authenticate(app.current_request.headers.get("authorization"))
    except common.NotSignedIn:
        raise UnauthorizedError("Authentication credentials were not provided.") from None


@app.route("/api/tasks/{id}")
def show(id):
    began = time.perf_counter()
    owner = caller()["number"]
    task = common.show(owner, int(id)) if id.isdecimal() else None
    if task is None:
        raise NotFoundError("Not found.")
    common.answered("tasks.show", owner, 200, began)
    return task


@app.route("/api/tasks/create", methods=["POST"])
def create():
    began = time.perf_counter()
    owner = caller()["number"]
    new = app.current_request.json_body
    if not isinstance(new, dict) or new.get("task_type") not in ("sum", "countdown"):
        raise BadRequestError("task_type: this is not a valid choice.")
    if wrong := common.fits(new["task_type"], new.get("input_data")):
        raise BadRequestError(f"input_data: {wrong}")
    try:
        task = common.create(owner, new["task_type"], new["input_data"])
    except common.TooManyTasks:
        raise BadRequestError("You cannot have more than 5 active tasks.") from None
    common.answered("tasks.create", owner, 201, began)
    return Response(task, status_code=201)


handler = app
