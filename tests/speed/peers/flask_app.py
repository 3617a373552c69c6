"""A task shown and created, in Flask behind apig-wsgi."""

import time

import common
from apig_wsgi import make_lambda_handler
from flask import Flask, abort, g, jsonify, request

app = Flask(__name__)


@app.before_request
def caller():
    try:
        g.caller = common.authenticate(request.headers.get("Authorization"))
    except common.NotSignedIn:
        abort(401)


@app.get("/api/tasks/<int:id>")
def show(id):
    began = time.perf_counter()
    task = common.show(g.caller["number"], id)
    if task is None:
        abort(404)
    common.answered("tasks.show", g.caller["number"], 200, began)
    return jsonify(task)


@app.post("/api/tasks/create")
def create():
    began = time.perf_counter()
    new = request.get_json()
    if not isinstance(new, dict) or new.get("task_type") not in ("sum", "countdown"):
        return jsonify(task_type=["This is not a valid choice."]), 400
    if wrong := common.fits(new["task_type"], new.get("input_data")):
        return jsonify(input_data=[wrong]), 400
    try:
        task = common.create(g.caller["number"], new["task_type"], new["input_data"])
    except common.TooManyTasks:
        return jsonify(detail="You cannot have more than 5 active tasks."), 400
    common.answered("tasks.create", g.caller["number"], 201, began)
    return jsonify(task), 201


handler = make_lambda_handler(app.wsgi_app)
