"""One fresh process: imports a handler, serves its first request, then many more. Standard library only.

Asked on stdin: `paths` to import from, `module`, `event`, `shift` of Kalit's clock in seconds. Told in the last line.
"""

import importlib
import json
import pathlib
import sys
import time
import types
from datetime import timedelta

MOST, FEWEST = 300, 20  # warm requests
ENOUGH = 0.6  # seconds of CPU after which no more of them are made than the fewest


def main() -> None:
    asked = json.load(sys.stdin)
    sys.path[:0] = asked["paths"]
    context = types.SimpleNamespace(
        function_name="speed",
        function_version="$LATEST",
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:speed",
        memory_limit_in_mb=512,
        aws_request_id="speed",
        get_remaining_time_in_millis=lambda: 10_000,
    )
    started = time.process_time()
    handler = importlib.import_module(asked["module"]).handler
    imported = time.process_time()
    if "kalit.kit.clock" in sys.modules:
        # Back to when the answers were recorded, without the file that moves the clock in sandboxes.
        shift = timedelta(seconds=asked["shift"])
        sys.modules["kalit.kit.clock"]._ours = lambda real: real + shift
    first = handler(asked["event"], context)
    cold = time.process_time()
    assert is_good(first), first
    modules, size = len(sys.modules), peak()
    number, warm = 0, 0.0
    while number < FEWEST or (number < MOST and warm < ENOUGH):
        answer = handler(asked["event"], context)
        number += 1
        warm = time.process_time() - cold
    assert is_good(answer), answer
    told = {
        "cold_ms": cold * 1000,  # from the start of the process, the interpreter's own start included
        "start_ms": started * 1000,
        "import_ms": (imported - started) * 1000,
        "first_ms": (cold - imported) * 1000,
        "warm_us": warm / number * 1e6,
        "rss_mb": size,
        "modules": modules,
        "requests": number + 1,
        "answer_bytes": len((answer or {}).get("body") or ""),
    }
    sys.stdout.flush()
    print(json.dumps(told), flush=True)


def peak() -> float:
    """The most memory that this process has had, in MB. What `getrusage` tells may be the parent's, before the exec."""
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def is_good(answer) -> bool:
    """Of an HTTP door a status below 300; of another one no failed message."""
    told = answer or {}
    return told.get("statusCode", 200) < 300 and not told.get("batchItemFailures")


main()
