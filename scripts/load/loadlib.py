"""What the load drivers share: where the server is, a server of their own, keys to begin with, and how one ends.

Debian's Python and nothing else here; the drivers need more (scripts/packages.txt, group load).
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = 77  # what CTest takes for "could not be tried here"


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--url", help="a server that runs (http://HOST:PORT); default: one of its own, with an empty store")
    parser.add_argument("--binary", help="the confcastd to start; default: the release build, built when it is missing")
    parser.add_argument("--store", help="the --store of the server that is started; default: sqlite in a temporary directory")
    parser.add_argument("--no-install", action="store_true",
                        help="end with 77 and a sentence when a tool is missing, rather than install it")
    return parser


def need(options, what, is_there):
    """The tool is there when this returns."""
    if is_there():
        return
    if options.no_install:
        print(f"skipped: {what} is not installed (scripts/packages.txt, group load)")
        sys.exit(SKIPPED)
    subprocess.run(["bash", "-c", f'source "{ROOT}/scripts/lib.sh"; install_packages load'], check=True, stdout=sys.stderr)
    if not is_there():
        sys.exit(f"{what} is still not there")


def has_program(name):
    return lambda: shutil.which(name) is not None


def has_module(name):
    def look():
        return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0
    return look


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def release_binary():
    binary = os.path.join(ROOT, "build/release/bin/confcastd")
    if not os.path.exists(binary):
        subprocess.run(["bash", "-c", f'source "{ROOT}/scripts/lib.sh"; install_packages build run; build release confcastd'],
                       check=True, stdout=sys.stderr)
    return binary


class Server:
    """A confcastd on a free port of this machine, or the one that --url names. Use it in a `with`."""

    def __init__(self, options, flags=()):
        self.process = None
        self.directory = None
        self.flags = list(flags)
        if options.url:
            self.url = options.url.rstrip("/")
        else:
            self.binary = options.binary or release_binary()
            self.directory = tempfile.mkdtemp(prefix="confcast-load-")
            self.store = options.store or "sqlite:" + os.path.join(self.directory, "store")
            self.url = f"http://127.0.0.1:{free_port()}"
        self.host = urllib.parse.urlsplit(self.url).netloc

    def __enter__(self):
        if self.directory:
            self.start()
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGTERM)
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        log = open(os.path.join(self.directory, "log"), "ab")
        self.process = subprocess.Popen(
            [self.binary, "--listen", self.host, "--store", self.store, "--access-log-every", "0", "--log-level", "warning",
             *self.flags], stdout=log, stderr=log, start_new_session=True)
        log.close()
        for _ in range(600):
            if self.is_ready():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as log:
            sys.exit("the server did not come up:\n" + log.read()[-4000:])

    def is_ready(self):
        try:
            return request(self.host, "GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self, how):
        """By its own id; waits until it has gone."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def request(host, method, target, body=None, headers=None, connection=None):
    """(status, body). One of its own when no connection is given."""
    own = connection is None
    connection = connection or http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        if own:
            connection.close()


def fill(host, keys, prefix="load/", value="x" * 64):
    """<prefix>0 .. <prefix>N-1, fifty in a transaction."""
    connection = http.client.HTTPConnection(host, timeout=30)
    for first in range(0, keys, 50):
        puts = [{"key": f"{prefix}{i}", "value": value} for i in range(first, min(first + 50, keys))]
        status, body = request(host, "POST", "/api/v1/txn", json.dumps({"put": puts}),
                               {"Content-Type": "application/json"}, connection)
        if status != 200:
            sys.exit(f"the keys could not be written: {status} {body.decode(errors='replace')}")
    connection.close()
