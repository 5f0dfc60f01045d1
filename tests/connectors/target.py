"""A target of our own: keeps what a connector wrote, by stream and key, and where it got to.

Two protocols, both lines of JSON: Singer's, of tap-quickbooks, and Airbyte's. Whatever is no message
of either is a line of a log.
"""

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any


class Target:
    """Records in SQLite and the state to go on from.

    Attributes:
        received: records by stream in the run loaded last, repeated ones included.
        state: what the connector is to be given next; None before the first run.
    """

    def __init__(self, file: Path) -> None:
        self._sqlite = sqlite3.connect(file)
        self._sqlite.execute(
            "CREATE TABLE record (stream TEXT, id TEXT, body TEXT, PRIMARY KEY (stream, id))"
        )
        self.received: Counter[str] = Counter()
        self.state: Any = None
        self._streams: dict[str, Any] = {}

    def load(self, output: str) -> None:
        """Take what a run wrote; a record that came before is replaced."""
        self.received.clear()
        with self._sqlite:
            for line in output.splitlines():
                if line.startswith("{"):
                    self._take(json.loads(line))

    def records(self, stream: str) -> dict[str, Any]:
        """Return the records of a stream by Id."""
        rows = self._sqlite.execute("SELECT id, body FROM record WHERE stream = ?", (stream,))
        return {number: json.loads(body) for number, body in rows}

    def close(self) -> None:
        """Close the file."""
        self._sqlite.close()

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "STATE":
            self._take_state(message)
        elif message.get("type") == "RECORD":
            record = message["record"]
            stream = message.get("stream") or record["stream"]
            self._keep(stream, record.get("data", record))

    def _keep(self, stream: str, record: dict[str, Any]) -> None:
        self.received[stream] += 1
        row = (stream, record["Id"], json.dumps(record))
        self._sqlite.execute("REPLACE INTO record VALUES (?, ?, ?)", row)

    def _take_state(self, message: dict[str, Any]) -> None:
        if "value" in message:
            self.state = message["value"]
            return
        state = message["state"]
        self._streams[state["stream"]["stream_descriptor"]["name"]] = state
        self.state = list(self._streams.values())
