"""A WebSocket listener that holds the server to its word: positions only grow, no revision comes twice, and of each key
every version is told, unless the server says that it folded some."""

import json


class Stream:
    """What a listener knows. Feed it messages; it keeps what was broken, in words."""

    def __init__(self):
        self.epoch = None
        self.position = 0
        self.versions = {}
        self.broken = []
        self.updates = 0
        self.events = 0
        self.resumes = {}
        self.in_snapshot = False
        self.pages = {}

    def since(self):
        return f"{self.epoch}:{self.position}" if self.position else None

    def take(self, text):
        """The message, applied."""
        message = json.loads(text)
        kind, at, payload = message["type"], message["seq_id"], message["payload"]
        if kind == "welcome":
            if self.epoch not in (None, payload["epoch"]):
                self.broken.append("another epoch")
            self.epoch = payload["epoch"]
            self.resumes[payload["resume"]] = self.resumes.get(payload["resume"], 0) + 1
        elif kind == "snapshot":
            for entry in payload["entries"]:
                self.pages[entry["key"]] = entry["version"]
            if not payload["more"]:
                self.versions, self.pages = self.pages, {}
                self.position = at
        elif kind == "update":
            self._update(at, payload)
        elif at:
            if at < self.position:
                self.broken.append(f"{kind} goes back from {self.position} to {at}")
            self.position = max(self.position, at)
        return message

    def _update(self, at, payload):
        if at <= self.position:
            self.broken.append(f"update {at} after {self.position}")
        folded = "coalesced_from" in payload
        self.updates += 1
        for event in payload["events"]:
            key = event["key"]
            self.events += 1
            if event["op"] == "delete":
                self.versions.pop(key, None)
                continue
            before = self.versions.get(key, 0)
            if not folded and event["version"] != before + 1:
                self.broken.append(f"{key} at {at}: version {event['version']} after {before}")
            self.versions[key] = event["version"]
        self.position = at
