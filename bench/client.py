"""A small load client: `python -m bench.client plan.json` sends requests for some seconds and prints JSON.

One blocking connection a thread, kept alive, one request after another. A few thousand requests a second is all it can
do: enough for pages that ask the database. The fastest pages are measured by wrk where the machine has it.

In a plan's body, SEQUENCE is the number of the request on its connection, from 1; PADDED is the same in twelve digits.
"""

import http.client
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Tally:
    """What one connection saw."""

    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0
    status: int = 0


def send_until(deadline: float, *, port: int, request: dict[str, Any], tally: Tally) -> None:
    """Send `request` again and again on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sequence = request.get("first", 1)
    while time.perf_counter() < deadline:
        body = request.get("body", "").replace("SEQUENCE", str(sequence)).replace("PADDED", f"{sequence:012}")
        began = time.perf_counter()
        connection.request(request["method"], request["path"], body or None, request["headers"])
        response = connection.getresponse()
        response.read()
        tally.milliseconds.append((time.perf_counter() - began) * 1000)
        if response.status != 200:
            tally.refused, tally.status = tally.refused + 1, response.status
        sequence += 1
    connection.close()


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Carry out the plan: port, seconds, and one request for each connection."""
    tallies = [Tally() for _ in plan["requests"]]
    began = time.perf_counter()
    threads = [
        threading.Thread(
            target=send_until,
            args=(began + plan["seconds"],),
            kwargs={"port": plan["port"], "request": request, "tally": tally},
        )
        for request, tally in zip(plan["requests"], tallies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    times = sorted(time_ for tally in tallies for time_ in tally.milliseconds)
    return {
        "per_second": len(times) / elapsed,
        "p50": times[len(times) // 2],
        "p99": times[len(times) * 99 // 100],
        "sent": [len(tally.milliseconds) for tally in tallies],
        "refused": sum(tally.refused for tally in tallies),
        "status": max(tally.status for tally in tallies),
    }


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text()))))
