"""Start the local engine, ministack 1.5.33, with the corrections it needs.

Each correction asserts what it relies on, so that another version fails loudly instead of losing one silently.
Runs in the engine's own environment (requirements/engine.lock) and imports nothing of ours.
"""

import asyncio
import hashlib
import importlib.metadata
import inspect
import io
import json
import os
import signal
import sys
import threading
import time
import zipfile
from pathlib import Path

from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime, persistence
from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import apigateway, dynamodb, iot, iot_data, lambda_svc

assert importlib.metadata.version("ministack") == "1.5.33"
os.environ.pop("LOG_LEVEL", None)  # the engine's own, and read by now: functions would take it for theirs
STATE = Path(os.environ["STATE_DIR"])
STREAMS = STATE / "unread-streams.json"
COMMITTED = STATE / "snapshot.json"
PART = ".part"
AUTOSAVE_SECONDS = 1.5
MOST_FAILURES = 20
ADMINISTRATIVE_ACTION = 0x98  # MQTT 5's reason for a disconnection that somebody asked for


def listen_on_loopback_only():
    """The MQTT listener binds all interfaces whatever BIND_HOST says."""
    original = asyncio.BaseEventLoop.create_server

    async def create_server(self, factory, host=None, port=None, **options):
        if host in (None, "", "0.0.0.0", "::") and options.get("sock") is None:  # noqa: S104
            host = "127.0.0.1"
        return await original(self, factory, host, port, **options)

    asyncio.BaseEventLoop.create_server = create_server


def report_error_types():
    """AWS reports the exception's class as errorType; Step Functions' Retry and Catch match on it."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    was = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
    now = (
        '{"status": "error", "error": "\\x00" + json.dumps({"errorType": type(e).__name__, "errorMessage": str(e),'
        ' "stackTrace": traceback.format_tb(e.__traceback__)}), "trace": traceback.format_exc()}'
    )
    assert script.count(was) == 1
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(was, now)
    original = lambda_svc._execute_function_warm

    def execute(function, event, request_id):
        answer = original(function, event, request_id)
        body = answer.get("body")
        if answer.get("error") and isinstance(body, dict) and str(body.get("errorMessage", "")).startswith("\x00"):
            answer["body"] = json.loads(body["errorMessage"][1:])
        return answer

    lambda_svc._execute_function_warm = execute


def read_cors_as_cloudformation_writes_it():
    """CloudFormation hands CorsConfiguration over in PascalCase, the data plane reads camelCase."""
    headers, preflight = apigateway._cors_response_headers, apigateway._cors_preflight_response

    def camel(config):
        return {key[:1].lower() + key[1:]: value for key, value in (config or {}).items()}

    apigateway._cors_response_headers = lambda config, origin: headers(camel(config), origin)
    apigateway._cors_preflight_response = lambda config, origin: preflight(camel(config), origin)


def run_functions_on_a_bare_interpreter():
    """Functions must find their layers and nothing else: not the packages of the engine's environment."""
    original = lambda_runtime._detect_runtime_binary

    def detect(runtime):
        binary, script = original(runtime)
        return (sys._base_executable if binary == sys.executable else binary), script

    lambda_runtime._detect_runtime_binary = detect


def count_loopback_as_secure_transport():
    """Policies refuse plain HTTP; here it never leaves the machine, as TLS never leaves its encryption."""
    original = iam_evaluator._resolve_condition_key

    def resolve(key, context):
        return "true" if key.lower() == "aws:securetransport" else original(key, context)

    iam_evaluator._resolve_condition_key = resolve


def unpack_layers_once():
    """Every worker unpacks its layers anew: 40 MB and half a second each. One folder per content serves all."""
    original = lambda_runtime.Worker._spawn
    lock = threading.Lock()

    def folder(layer):
        data = lambda_svc._resolve_layer_zip(layer)
        target = STATE / "layers" / hashlib.sha256(data).hexdigest()
        with lock:
            if not target.exists():
                partial = target.with_suffix(".partial")
                with zipfile.ZipFile(io.BytesIO(data)) as package:
                    package.extractall(partial)
                partial.rename(target)
        return str(target)

    def spawn(self):
        config = self.config
        folders = os.pathsep.join(folder(layer) for layer in config.get("Layers", []))
        variables = {**config.get("Environment", {}).get("Variables", {}), "_LAMBDA_LAYERS_DIRS": folders}
        self.config = {**config, "Layers": [], "Environment": {"Variables": variables}}
        try:
            original(self)
        finally:
            self.config = config

    lambda_runtime.Worker._spawn = spawn


def wait_for_a_free_worker():
    """A burst of calls starts a process each, and fifty at once bring a laptop to its knees; let them take turns.

    Our functions never call themselves, so nobody waits for a worker that he holds.
    """
    original = lambda_svc.acquire_worker
    most = 2 * (os.cpu_count() or 2)

    def acquire(*call, **options):
        deadline = time.monotonic() + 30
        while True:
            worker, reason = original(*call, **{**options, "max_concurrency": most})
            if worker or time.monotonic() > deadline:
                return worker, reason
            time.sleep(0.005)

    lambda_svc.acquire_worker = acquire


def call_functions_of_rules_as_aws_does():
    """An IoT rule calls a function asynchronously: what fails is tried twice more, then put aside. Here it was lost."""
    assert "_execute_function_with_config_scope" in inspect.getsource(iot._dispatch_rule_to_lambda)

    def dispatch(account_id, region, function_arn, event):
        function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
            function_arn, account_id=account_id, region=region
        )
        assert function is not None, f"a rule calls {function_arn}, which is not there"
        lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(function, config), event)

    iot._dispatch_rule_to_lambda = dispatch


def end_connections_on_request():
    """The data plane's DeleteConnection, which the engine does not know: it ends a client's connection."""
    handle, resource = iot_data.handle_request, iam_actions.extract_resource_arn
    assert "/connections" not in inspect.getsource(iot_data)
    assert "existing.cleanup()" in inspect.getsource(iot._force_disconnect_duplicate)
    assert iam_actions.extract_iam_action("iot-data", "DELETE", "/connections/a", {}, b"", {}) == "iot:DeleteConnection"

    async def end(client_id, query):
        place = (get_account_id(), get_region(), client_id)
        session = iot._connected_clients.get(place)
        if session is None:
            return error_response_json("ResourceNotFoundException", f"{client_id} is not connected", 404)
        session._forced_disconnect_reason = "API_INITIATED_DISCONNECT"
        if "true" in query.get("preventWillMessage", []):
            session._will_topic = None
        if "true" in query.get("cleanSession", []):
            session._persist_session = False
        if session.protocol_version == iot.MQTT_5:
            await session.send_bytes(iot._make_disconnect(ADMINISTRATIVE_ACTION))
        await session._send({"type": "websocket.close", "code": 1000})
        await session.cleanup()
        return 200, {"Content-Type": "application/json"}, b""

    async def handle_request(method, path, headers, body, query):
        if method == "DELETE" and path.startswith("/connections/"):
            return await end(path.removeprefix("/connections/"), query)
        return await handle(method, path, headers, body, query)

    def extract_resource_arn(service, method, path, headers, body, query, region, account):
        if service == "iot-data" and path.startswith("/connections/"):
            return f"arn:aws:iot:{region}:{account}:client/{path.removeprefix('/connections/')}"
        return resource(service, method, path, headers, body, query, region, account)

    iot_data.handle_request = handle_request
    iam_actions.extract_resource_arn = extract_resource_arn


def ask_for_the_certificate_that_gets_a_policy():
    """AttachPolicy and DetachPolicy are allowed on the certificate in their body; the engine asks for `*`."""
    resource = iam_actions.extract_resource_arn
    assert "target-policies" not in inspect.getsource(resource)

    def extract_resource_arn(service, method, path, headers, body, *more):
        if service == "iot" and path.startswith("/target-policies/"):
            return json.loads(body)["target"]
        return resource(service, method, path, headers, body, *more)

    iam_actions.extract_resource_arn = extract_resource_arn


def ask_for_the_rights_of_statements():
    """A batch of PartiQL statements is allowed statement by statement; the engine asks for an action of its name."""
    checks = iam_actions.dynamodb_transaction_checks
    assert "PartiQL" not in inspect.getsource(checks)

    def each(action, body, region, account):
        if action != "dynamodb:BatchExecuteStatement":
            return checks(action, body, region, account)
        told = [statement["Statement"] for statement in json.loads(body)["Statements"]]
        return [
            (f"dynamodb:PartiQL{text.split()[0].title()}", f"arn:aws:dynamodb:{region}:{account}:table/{table}")
            for text, table in {(text, text.split('"')[1]) for text in told}
        ]

    iam_actions.dynamodb_transaction_checks = each


def unread_streams():
    """What stands in DynamoDB's streams and no function has read yet: [account, region, table, records]."""
    unread = []
    for place, mapping in lambda_svc._esms._data.items():
        if ":dynamodb:" in mapping["EventSourceArn"]:
            table = (*place[:2], mapping["EventSourceArn"].split("/")[1])
            read = lambda_svc._dynamodb_stream_positions._data.get(place, 0) - dynamodb._stream_trimmed._data.get(
                table, 0
            )
            unread.append([*table, dynamodb._stream_records._data.get(table, [])[max(0, read) :]])
    return json.dumps(unread, default=persistence._json_default)


def finish_what_a_kill_cut():
    """A snapshot is many files. Its list of names makes it whole: with the list all of them count, without it none."""
    if COMMITTED.exists():
        for name in json.loads(COMMITTED.read_text()):
            part = STATE / f"{name}{PART}"
            if part.exists():  # else it has its name already
                part.replace(STATE / name)
        COMMITTED.unlink()


def write_as_one(files):
    """File names and texts, all of them or, after a kill at any moment, none."""
    for name, text in files.items():
        (STATE / f"{name}{PART}").write_text(text)
    COMMITTED.with_suffix(".tmp").write_text(json.dumps(list(files)))
    COMMITTED.with_suffix(".tmp").replace(COMMITTED)
    finish_what_a_kill_cut()


def restore_streams():
    """The engine keeps its place in a stream, but not the stream: after a stop it would wait there for ever."""
    if STREAMS.exists():
        for account, region, table, records in json.loads(
            STREAMS.read_text(), object_hook=persistence._json_object_hook
        ):
            dynamodb._stream_records._data[account, region, table] = records
    for place in lambda_svc._dynamodb_stream_positions._data:
        lambda_svc._dynamodb_stream_positions._data[place] = 0


def save_as_it_goes():
    """The engine saves on a clean stop only. Saving every second and a half, `kill -9` loses no more than that.

    Taken on the event loop, between two requests, so that a snapshot is of one moment, and written as one, so that
    it stays that. Functions and layers are large and change only with a deployment: they are written when they do.
    """
    if not persistence.PERSIST_STATE:
        return
    served, written = app.app, {}
    lock, stopped, save_state = threading.Lock(), threading.Event(), persistence.save_state

    def save_at_the_stop(service, state):
        with lock:
            save_state(service, state)

    persistence.save_state = save_at_the_stop

    def snapshot():
        states = app._build_persistence_save_dict()
        code = sorted(
            (key, str(f["config"].get("CodeSha256")), str(f["config"].get("LastModified")))
            for key, f in lambda_svc._functions._data.items()
        )
        code.append((("layers", "", ""), str(len(lambda_svc._layers._data)), str(len(lambda_svc._esms._data))))
        if written.get("code") == code:
            states.pop("lambda", None)
        return code, {name: state for name, get in states.items() if (state := get()) is not None}, unread_streams()

    def write(code, states, streams):
        texts = {name: json.dumps(state, default=persistence._json_default) for name, state in states.items()}
        changed = {name: text for name, text in texts.items() if written.get(name) != hash(text)}
        files = {
            f"{name}.json": f'{{"__ministack_format__": {persistence._state_format_version(name)}, "payload": {text}}}'
            for name, text in changed.items()
        }
        with lock:
            if not stopped.is_set():  # else the engine has written what is newer
                write_as_one({**files, STREAMS.name: streams})
        written.update({name: hash(text) for name, text in changed.items()}, code=code)

    async def autosave():
        failures = 0
        while failures < MOST_FAILURES:
            await asyncio.sleep(AUTOSAVE_SECONDS)
            try:
                await asyncio.to_thread(write, *snapshot())
                failures = 0
            except Exception as error:  # one of the engine's threads changed what was being copied: try again
                failures += 1
                print("autosave:", repr(error), file=sys.stderr)
        os.kill(os.getpid(), signal.SIGTERM)  # rather stop than serve what a kill would lose

    async def with_autosave(scope, receive, send):
        if scope["type"] != "lifespan":
            return await served(scope, receive, send)

        async def starting(message):
            if message["type"] == "lifespan.startup.complete":
                restore_streams()
                tasks.append(asyncio.create_task(autosave()))
            await send(message)

        async def stopping():
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                with lock:
                    stopped.set()
                    STREAMS.write_text(unread_streams())
            return message

        tasks = []
        return await served(scope, stopping, starting)

    app.app = with_autosave


def stop_with_the_parent():
    """Standard input is a pipe held by `make up`: when that dies, however it dies, save and go."""

    def watch():
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    listen_on_loopback_only()
    report_error_types()
    read_cors_as_cloudformation_writes_it()
    run_functions_on_a_bare_interpreter()
    count_loopback_as_secure_transport()
    unpack_layers_once()
    wait_for_a_free_worker()
    call_functions_of_rules_as_aws_does()
    end_connections_on_request()
    ask_for_the_certificate_that_gets_a_policy()
    ask_for_the_rights_of_statements()
    finish_what_a_kill_cut()
    save_as_it_goes()
    stop_with_the_parent()
    sys.argv = ["ministack"]
    app.main()
