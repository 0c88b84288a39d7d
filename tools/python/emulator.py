"""Starts the AWS emulator, made fast enough for tests.

The emulator waits for a fixed time for the log lines of each invocation, and checks schedules every
ten seconds. Neither is AWS's behavior, so both waits are shortened. Unlike the emulator, AWS fills
batches of queue messages for as long as the event source mapping says, instead of delivering at once
and ten at a time. This is added. The functions' logs are written at once to the file that is given as
the only argument, and the actions that they use to actions.jsonl next to it, for permissions.py. The
grammar of a condition is checked only once, not once per item.

Tests that disturb the functions set these variables:

- FUNCTIONS_ENDPOINT_URL: the endpoint that the functions use for AWS instead of this one. Each process
  identifies itself there by its user agent's application, and to the provider by a path prefix.
- FUNCTIONS_SKEW: the largest error of a function's clock, in seconds. FUNCTIONS_SEED decides each
  process's error, and FUNCTIONS_FAKETIME is the path of libfaketime's library, which causes it.
- FUNCTIONS_AHEAD: a file with the number of seconds by which the clocks of new processes are ahead, in
  addition to their errors. Deadlines are ahead, too. Without the file, they are not ahead.
- FUNCTIONS_CRASH: set if the functions crash all the time. After a crash, the emulator normally pauses
  a function's whole queue for a second, and runs at most five at once. AWS does neither.
"""

import functools
import itertools
import os
import random
import socketserver
import sys
import time
from pathlib import Path

import ministack.app
import ministack.core.lambda_runtime as runtime
import ministack.services.apigateway as apigateway
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.dynamodb as dynamodb
import ministack.services.lambda_svc as mappings
import ministack.services.s3 as s3
import ministack.services.scheduler as scheduler
import ministack.services.sqs as sqs
import uvloop

from recording import Recording, is_function


class Tee:
    """A function's output, which is also written to the log file."""

    def __init__(self, stream, log):
        self.stream = stream
        self.log = log

    def readline(self):
        while line := self.stream.readline():
            self.log.write(line)
            self.log.flush()
            # The emulator need not keep usage reports, which are not for people.
            if not line.startswith(b'{"usage"'):
                return line
        return b""

    def close(self):
        self.stream.close()


class Filling:
    """Receives the batches of event source mappings that have a batching window."""

    def __init__(self, receive):
        self.receive = receive
        self.since = {}

    def __call__(self, queue_url, size):
        window = self.window(queue_url)
        if not window:
            return self.receive(queue_url, size)
        now = time.time()
        if not (waiting := self.waiting(queue_url, now)):
            return []
        if waiting < size and now - self.since.setdefault(queue_url, now) < window:
            return []
        self.since.pop(queue_url, None)
        batch = []
        while len(batch) < size and (more := self.receive(queue_url, size - len(batch))):
            batch += more
        return batch

    @staticmethod
    def window(queue_url):
        queue = queue_url.rsplit("/", 1)[-1]
        return max(
            mapping.get("MaximumBatchingWindowInSeconds") or 0
            for _, _, mapping in mappings._iter_all_esms()
            if mapping.get("EventSourceArn", "").endswith(f":{queue}")
        )

    @staticmethod
    def waiting(queue_url, now):
        with sqs._queues_lock:
            messages = sqs._get_q(queue_url)["messages"]
            return sum(message.get("visible_at", 0) <= now for message in messages)


def counting(limit):
    """The concurrency of a function, converted if the template has it as a string parameter."""

    def counted(mapping, *arguments):
        scaling = mapping.get("ScalingConfig") or {}
        if most := scaling.get("MaximumConcurrency"):
            scaling["MaximumConcurrency"] = int(most)
        return limit(mapping, *arguments)

    return counted


class Ahead:
    """How many seconds the functions' clocks are ahead, and a clock for their deadlines."""

    def __init__(self):
        self.file = os.environ.pop("FUNCTIONS_AHEAD", "")

    def seconds(self):
        try:
            with open(self.file) as file:
                return int(file.read())
        except FileNotFoundError:
            return 0

    def time(self):
        return time.time() + self.seconds()

    def __getattr__(self, name):
        return getattr(time, name)


def alarm_on_one_metric(record):
    """Replaces metric math, which the emulator refuses, by an alarm on one of its metrics. No alarm
    fires here anyway, because nothing publishes the metrics."""

    def recorded(name, properties):
        if metrics := properties.get("Metrics"):
            metric = next(m["MetricStat"]["Metric"] for m in metrics if "MetricStat" in m)
            properties = {**properties, **metric, "Metrics": None}
        return record(name, properties)

    return recorded


# Recorded by name only: the emulator evaluates no composite alarm.
COMPOSITE_ALARM = {
    "create": lambda logical, properties, stack: (f"{stack}-{logical}", {}),
    "update": lambda name, before, after, stack: (name, {}),
    "delete": lambda name, properties: None,
}


def without_slash(match):
    """AWS routes a path that ends with a slash like one without it."""

    def matched(api_id, method, path):
        return match(api_id, method, path.rstrip("/") or "/")

    return matched


class Disturbed:
    """The environments of functions' processes, with other endpoints and wrong clocks. Each process
    signs its requests with its function's name as access key, so that they can be told apart."""

    def __init__(self, environment, ahead):
        self.environment = environment
        self.ahead = ahead
        self.endpoint = os.environ.pop("FUNCTIONS_ENDPOINT_URL", None)
        self.skew = int(os.environ.pop("FUNCTIONS_SKEW", "0"))
        self.faketime = os.environ.pop("FUNCTIONS_FAKETIME", "")
        self.count = itertools.count()
        self.chance = random.Random(os.environ.pop("FUNCTIONS_SEED", ""))

    def __call__(self, *arguments):
        environment = self.environment(*arguments)
        environment["AWS_ACCESS_KEY_ID"] = environment["AWS_LAMBDA_FUNCTION_NAME"]
        if self.endpoint:
            name = f"process-{next(self.count)}"
            environment["AWS_ENDPOINT_URL"] = self.endpoint
            environment["AWS_SDK_UA_APP_ID"] = name
            if provider := environment.get("PROVIDER_URL"):
                environment["PROVIDER_URL"] = f"{provider}/{name}"
        # Half of the clocks are correct.
        off = self.ahead.seconds()
        if self.skew and self.chance.random() < 0.5:
            off += self.chance.randint(-self.skew, self.skew)
        if off:
            environment |= {
                "LD_PRELOAD": self.faketime,
                "FAKETIME": f"{off:+d}",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        return environment


def by_functions_too(resolve):
    """Links and forms that functions sign are checked with the secret that all of them have."""

    def resolved(access_key, *arguments):
        return resolve("test" if is_function(access_key) else access_key, *arguments)

    return resolved


def main():
    uvloop.install()
    dynamodb._condition_syntax_error = functools.cache(dynamodb._condition_syntax_error)
    mappings._sqs_esm_concurrency = counting(mappings._sqs_esm_concurrency)
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = COMPOSITE_ALARM
    s3.resolve_credential = by_functions_too(s3.resolve_credential)
    apigateway._match_route = without_slash(apigateway._match_route)
    runtime.time = ahead = Ahead()
    provisioners._cw_metric_alarm_record = alarm_on_one_metric(provisioners._cw_metric_alarm_record)
    mappings._provided_worker_env = Disturbed(mappings._provided_worker_env, ahead)
    if os.environ.pop("FUNCTIONS_CRASH", None):
        mappings._ESM_BACKOFF_SECONDS = 0.05
        mappings._ESM_SQS_DEFAULT_CONCURRENCY = 10
    sqs._receive_messages_for_esm = Filling(sqs._receive_messages_for_esm)
    log = open(sys.argv[1], "ab", buffering=0)
    ministack.app._handle_special_data_plane_request = Recording(
        ministack.app._handle_special_data_plane_request, Path(sys.argv[1]).with_name("actions.jsonl")
    )
    pump = runtime.ProvidedWorker._pump_output

    def pump_and_keep(self, stream, log_queue):
        pump(self, Tee(stream, log), log_queue)

    runtime.ProvidedWorker._pump_output = pump_and_keep
    runtime.Worker._drain_stderr_bounded.__defaults__ = (0.002, 0.001, 0.050)
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    # Sends an event's headers and body in one segment, so that the function wakes up only once.
    socketserver.StreamRequestHandler.wbufsize = -1
    scheduler._SCHEDULE_TICK_INTERVAL = 0.5
    sys.argv = ["ministack"]
    ministack.app.main()


main()
