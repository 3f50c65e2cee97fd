"""Locust users: readers and writers over REST, and listeners over WebSocket that check the order of what they get.

Thresholds come from the environment (scripts/load/locust sets them): LOAD_MAX_FAILURES (share, 0), LOAD_P99_MS (0 = none),
LOAD_PUSH_P99_MS (0 = none). Missing one, a broken promise of a stream, or nothing that was pushed: exit 1.
"""

import json
import os
import random
import time

import gevent
import websocket
from locust import HttpUser, User, between, events, task

import listener

KEYS = int(os.environ.get("LOAD_KEYS", "1000"))
PREFIX = "load/"


class Reader(HttpUser):
    weight = 6
    wait_time = between(0.01, 0.05)

    @task(9)
    def get(self):
        self.client.get(f"/api/v1/config/{PREFIX}{random.randrange(KEYS)}", name="GET one")

    @task(1)
    def list(self):
        self.client.get(f"/api/v1/config?prefix={PREFIX}&limit=50", name="GET list")


class Writer(HttpUser):
    weight = 2
    wait_time = between(0.01, 0.1)

    @task
    def put(self):
        # The value is when it was written: a listener tells from it how long it took.
        self.client.put(f"/api/v1/config/{PREFIX}{random.randrange(KEYS)}", json={"value": repr(time.time())}, name="PUT")


class Listener(User):
    weight = 2
    wait_time = between(0, 0)
    broken = []
    pushed = 0

    def on_start(self):
        self.stream = listener.Stream()
        self.socket = None

    def connect(self):
        since = self.stream.since()
        url = self.host.replace("http", "ws", 1) + f"/api/v1/watch?prefix={PREFIX}" + (f"&since={since}" if since else "")
        self.socket = websocket.create_connection(url, timeout=1)

    @task
    def listen(self):
        try:
            if self.socket is None:
                self.connect()
            message = self.stream.take(self.socket.recv())
        except websocket.WebSocketTimeoutException:
            return
        except (OSError, ValueError, websocket.WebSocketException) as problem:
            self.socket = None
            events.request.fire(request_type="WS", name="stream", response_time=0, response_length=0, exception=problem, context={})
            gevent.sleep(0.5)
            return
        if message["type"] != "update":
            return
        Listener.pushed += 1
        written = [float(e["value"]) for e in message["payload"]["events"] if e.get("value", "x")[0].isdigit()]
        if written:
            events.request.fire(request_type="WS", name="push", response_time=1000 * (time.time() - max(written)),
                                response_length=len(message["payload"]["events"]), exception=None, context={})

    def on_stop(self):
        Listener.broken += self.stream.broken
        if self.socket is not None:
            self.socket.close()


@events.quitting.add_listener
def judge(environment, **_):
    total = environment.stats.total
    push = environment.stats.get("push", "WS")
    wanted = {name: float(os.environ.get(name, "0")) for name in ("LOAD_MAX_FAILURES", "LOAD_P99_MS", "LOAD_PUSH_P99_MS")}
    rest = [environment.stats.get(name, method).get_response_time_percentile(0.99) or 0
            for name, method in (("GET one", "GET"), ("PUT", "PUT"))]
    problems = list(dict.fromkeys(Listener.broken))[:10]
    if total.fail_ratio > wanted["LOAD_MAX_FAILURES"]:
        problems.append(f"{100 * total.fail_ratio:.2f} % of requests failed")
    if 0 < wanted["LOAD_P99_MS"] < max(rest):
        problems.append(f"p99 of a request is {max(rest):.0f} ms")
    push_p99 = push.get_response_time_percentile(0.99) or 0
    if 0 < wanted["LOAD_PUSH_P99_MS"] < push_p99:
        problems.append(f"p99 of a push is {push_p99:.0f} ms")
    if push.num_requests == 0:
        problems.append("nothing was pushed")
    print(json.dumps({"requests": total.num_requests, "failures": total.num_failures, "get_p99_ms": rest[0],
                      "put_p99_ms": rest[1], "pushes": Listener.pushed, "push_p50_ms": push.get_response_time_percentile(0.5),
                      "push_p99_ms": push_p99, "problems": problems}), flush=True)
    environment.process_exit_code = 1 if problems else 0
