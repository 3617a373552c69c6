"""One fresh process: imports a door, serves its first request, then a few hundred more. Standard library only."""

import importlib
import json
import resource
import sys
import time

WARM = 300


def main() -> None:
    asked = json.load(sys.stdin)
    started = time.process_time()
    sys.path.insert(0, sys.argv[1])
    module = importlib.import_module(asked["module"])
    if "botocore" in sys.modules:
        # The wire: what DynamoDB would say to each kind of request.
        from botocore.httpsession import URLLib3Session

        URLLib3Session.send = lambda self, request: answer(asked["rows"], request)
    first = module.handler(asked["event"], None)
    cold = time.process_time()
    assert first["statusCode"] in (200, 201), first
    for _ in range(WARM):
        module.handler(asked["event"], None)
    warm = time.process_time() - cold
    told = {
        "cold_ms": cold * 1000,  # from the start of the process, the interpreter's own start included
        "own_ms": (cold - started) * 1000,
        "warm_us": warm / WARM * 1e6,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "modules": len(sys.modules),
    }
    print(json.dumps(told), flush=True)


def answer(rows, request):
    from botocore.awsrequest import AWSResponse

    target = request.headers["X-Amz-Target"].decode().split(".")[1]
    said = {}
    if target == "GetItem":
        key = json.loads(request.body)["Key"]["pk"]["S"].split("#")[0]
        said = {"Item": rows[key]}
    elif target == "UpdateItem":
        said = {"Attributes": {"value": {"N": "7"}}}
    body = json.dumps(said).encode()

    class Raw:
        def stream(self, *_, **__):
            yield body

        def read(self, *_):
            return body

    return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, Raw())


main()
