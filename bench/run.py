"""Measure the site beside bare yardsticks, in one run: `make bench`.

Figures of different runs and machines do not compare; ratios within one run do. Each page is measured in rounds that
alternate with its yardstick, and medians count. Only this machine is asked, on a database made for the
purpose and dropped at the end. The goals are those of docs/performance.md.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2

from bench import archives, certificates, identifiers, imports, portfolio, requirements, search, sharing
from meducation import launch
from meducation.lib.env import env_str
from meducation.probe import answers
from meducation.serve import BLOCKING_THREADS, command

CONNECTIONS = 8
WORKERS = 2
SITE_PORT, BARE_PORT = 18_731, 18_732
DATABASE = "meducation_bench"
FEW, MANY = 10, 10_000
CSRF = "b" * 32
ARTICLE = "/articles/breaking-bad-news/"
TOPIC = "/articles/topics/communication/"
MEMORY_GOAL_MB = 200


@dataclass(frozen=True)
class Request:
    """One kind of request; for a POST, one body a connection."""

    port: int
    path: str
    cookie: str = ""
    cookies: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A page and its yardstick. `goal` is the least ratio of their requests a second."""

    what: str
    page: Request
    yardstick: Request
    goal: float


@dataclass(frozen=True)
class Figures:
    """One round, or the median of several."""

    per_second: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Result:
    """A pair's medians. `ratio` is the median of the rounds' own: what disturbs a round disturbs both its halves."""

    pair: Pair
    page: Figures
    yardstick: Figures
    ratio: float


# --- The database and who is in it -----------------------------------------------------------------------------------


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """A database for this run on the server of DATABASE_URL, or on the embedded one."""
    url = env_str("DATABASE_URL", "embedded")
    if url == "embedded":
        from meducation.lib.embedded import database_url

        url = database_url(Path(env_str("DATA_DIR", "var")))
    server = psycopg2.connect(url)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    os.environ["DATABASE_URL"] = _with_database(url, DATABASE)
    try:
        yield
    finally:
        from django.db import connections

        connections.close_all()
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.close()


def _with_database(url: str, name: str) -> str:
    return re.sub(r"^(\w+://[^/]*/)[^?]*", rf"\g<1>{name}", url)


def fill() -> None:
    """Tables, sample articles, static files, and the table of the beat's yardstick."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_demo", verbosity=0)
    launch.collect_static_files()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id bigserial PRIMARY KEY, body text NOT NULL)")


def signed_in(email: str) -> str:
    """The cookies of a new person who has signed in."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name="Bench Reader")
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}; reader=in"


def with_activities(email: str, count: int) -> str:
    """The cookies of somebody with `count` activities, spread over five years."""
    from accounts.models import User
    from cpd.models import Activity, Kind

    cookie = signed_in(email)
    user = User.objects.get(email=email)
    today = datetime.datetime.now(datetime.UTC).date()
    Activity.objects.bulk_create(
        Activity(
            user=user,
            title=f"Course {number}",
            kind=Kind.COURSE,
            done_on=today - datetime.timedelta(days=number * 1800 // count),
            minutes=30,
        )
        for number in range(count)
    )
    return cookie


def enrolled_with(count: int) -> str:
    """The cookies of somebody with `count` activities who is in three frameworks."""
    email = f"enrolled-{count}@bench.example"
    cookie = with_activities(email, count)
    requirements.enrol(email)
    return cookie


# --- Servers ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def server(port: int, application: str, threads: int, **environment: str) -> Iterator[int]:
    """A server as in production; yields the id of its first process."""
    arguments = [*command(host="127.0.0.1", port=port, workers=WORKERS, threads=threads)[:-1], application]
    process = subprocess.Popen(
        arguments, env=os.environ | environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        path = "/healthz" if port == SITE_PORT else "/home"
        for _ in range(300):
            if answers(path, host="127.0.0.1", port=port, site="127.0.0.1"):
                break
            time.sleep(0.1)
        else:
            sys.exit(f"The server on port {port} did not start.")
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(25)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def memory_mb(group: int) -> float:
    """The memory of a server's processes in MB, shared pages divided among them (Linux), else resident."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,pgid=,rss="], capture_output=True, text=True, check=True)
    total = 0.0
    for line in listed.stdout.splitlines():
        pid, pgid, resident = line.split()
        if int(pgid) == group:
            rollup = Path(f"/proc/{pid}/smaps_rollup")
            found = re.search(r"^Pss:\s+(\d+)", rollup.read_text(), re.M) if rollup.exists() else None
            total += int(found[1] if found else resident) / 1024
    return total


# --- Measuring -------------------------------------------------------------------------------------------------------


def fetch(request: Request) -> bytes:
    """The bytes of one answer; ends the run when it is not a 200."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", request.port, timeout=30)
    connection.request("GET", request.path, headers={"Host": "127.0.0.1", "Cookie": request.cookie})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        sys.exit(f"{request.path} answered {response.status}; nothing was measured.")
    return body


class Load:
    """Sends the load and remembers how far each connection's sequence has come."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder = folder
        self.seconds = seconds
        self.wrk = shutil.which("wrk")
        self.sent: dict[Request, list[int]] = {}

    def measure(self, request: Request) -> Figures:
        """One round."""
        return self._by_wrk(request) if self.wrk and not request.bodies else self._by_client(request)

    def _by_wrk(self, request: Request) -> Figures:
        address = f"http://127.0.0.1:{request.port}{request.path}"
        arguments = [str(self.wrk), "-t1", f"-c{CONNECTIONS}", f"-d{self.seconds:.0f}s", "--latency"]
        if request.cookie:
            arguments += ["-H", f"Cookie: {request.cookie}"]
        said = subprocess.run([*arguments, address], capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in said or "Socket errors" in said:
            sys.exit(f"{request.path} did not always answer:\n{said}")
        rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
        assert rate is not None
        return Figures(float(rate[1]), _wrk_ms(said, 50), _wrk_ms(said, 99))

    def _by_client(self, request: Request) -> Figures:
        before = self.sent.setdefault(request, [0] * CONNECTIONS)
        plan = {
            "port": request.port,
            "seconds": self.seconds,
            "requests": [self._request(request, number, before[number]) for number in range(CONNECTIONS)],
        }
        file = self.folder / "plan.json"
        file.write_text(json.dumps(plan))
        said = subprocess.run(
            [sys.executable, "-m", "bench.client", str(file)], capture_output=True, text=True, check=True
        ).stdout
        result: dict[str, Any] = json.loads(said)
        if result["refused"]:
            sys.exit(f"{request.path} answered {result['status']} {result['refused']} times; nothing was measured.")
        self.sent[request] = [old + new for old, new in zip(before, result["sent"], strict=True)]
        return Figures(result["per_second"], result["p50"], result["p99"])

    def _request(self, request: Request, number: int, sent: int) -> dict[str, Any]:
        cookie = request.cookies[number] if request.cookies else request.cookie
        headers = {"Host": "127.0.0.1"} | ({"Cookie": cookie} if cookie else {})
        if not request.bodies:
            return {"method": "GET", "path": request.path, "headers": headers}
        body = request.bodies[number]
        kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
        headers |= {"Content-Type": kind, "Accept": "application/json", "X-CSRFToken": CSRF}
        return {"method": "POST", "path": request.path, "headers": headers, "body": body, "first": sent + 1}


def _wrk_ms(said: str, percent: int) -> float:
    found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s)", said, re.M)
    assert found is not None
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def median(rounds: list[Figures]) -> Figures:
    """Each figure's median."""
    return Figures(
        statistics.median(figures.per_second for figures in rounds),
        statistics.median(figures.p50 for figures in rounds),
        statistics.median(figures.p99 for figures in rounds),
    )


def pairs() -> list[Pair]:
    """What is measured, beside what, and the goal."""
    reader = signed_in("reader@bench.example")
    few, many = with_activities("few@bench.example", FEW), with_activities("many@bench.example", MANY)
    enrolled = {size: enrolled_with(size) for size in requirements.SIZES}
    readers = tuple(signed_in(f"reader-{number}@bench.example") for number in range(CONNECTIONS))
    beats = tuple(_beat() for _ in readers)
    activities = tuple(_activity(number) for number in range(len(readers)))
    bare = {name: Request(BARE_PORT, f"/{name}") for name in ("home", "topic", "article-out", "article-in")}
    return [
        Pair("home, signed out", Request(SITE_PORT, "/"), bare["home"], 0.7),
        Pair("topic, signed out", Request(SITE_PORT, TOPIC), bare["topic"], 0.7),
        Pair("article, signed out", Request(SITE_PORT, ARTICLE), bare["article-out"], 0.7),
        Pair("article, signed in", Request(SITE_PORT, ARTICLE, reader), bare["article-in"], 0.5),
        Pair(
            f"tracker, {MANY:,} activities (beside {FEW})",
            Request(SITE_PORT, "/cpd/", many),
            Request(SITE_PORT, "/cpd/", few),
            0.5,
        ),
        Pair(
            f"tracker, three enrolments, {MANY:,} activities (beside {FEW})",
            Request(SITE_PORT, "/cpd/", enrolled[MANY]),
            Request(SITE_PORT, "/cpd/", enrolled[FEW]),
            0.5,
        ),
        Pair(
            f"list of activities, {MANY:,} (beside {FEW})",
            Request(SITE_PORT, "/cpd/activities/", many),
            Request(SITE_PORT, "/cpd/activities/", few),
            0.5,
        ),
        Pair(
            "save of an activity (beside one row committed)",
            Request(SITE_PORT, "/cpd/activities/new/", cookies=readers, bodies=activities),
            Request(SITE_PORT, "/bench/row/", cookies=readers, bodies=activities),
            0.33,
        ),
        Pair(
            "beat (beside one row committed)",
            Request(SITE_PORT, "/cpd/reading/beats/", cookies=readers, bodies=beats),
            Request(SITE_PORT, "/bench/row/", cookies=readers, bodies=beats),
            0.5,
        ),
    ]


def _beat() -> str:
    return (
        f'{{"sitting": "{uuid.uuid4()}", "article": "{ARTICLE.split("/")[2]}", "revision": 1, "sequence": SEQUENCE, '
        '"counted_ms": SEQUENCE, "furthest": 50, "touched": true, "alone_ms": 0}'
    )


def _activity(number: int) -> str:
    """The form of a new activity, with another id each time."""
    today = datetime.datetime.now(datetime.UTC).date()
    form = {"title": "Ward round", "kind": "teaching", "done_on": today.isoformat(), "minutes": "45"}
    words = {"reflection": "What I took from it, in a sentence of the usual length."}
    return f"id={uuid.uuid4().hex[:16]}8000PADDED&{urlencode(form | words)}"


def keep_pages(measured: list[Pair], folder: Path) -> None:
    """Write the site's pages down for the bare view, so that both send the same bytes."""
    for pair in measured:
        if pair.yardstick.port == BARE_PORT:
            (folder / f"{pair.yardstick.path[1:]}.html").write_bytes(fetch(pair.page))


def measure(threads: int, seconds: float, rounds: int) -> list[Result]:
    """All pairs in alternating rounds. Prints the memory before and after."""
    measured = pairs()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load = Load(folder, seconds)
        site = server(SITE_PORT, "meducation.wsgi:application", threads)
        with site as group:
            keep_pages(measured, folder)
            before = memory_mb(group)
            environment = {"DJANGO_SETTINGS_MODULE": "bench.bare_settings", "BENCH_PAGES": name}
            with server(BARE_PORT, "bench.bare:application", threads, **environment):
                results = [_rounds(load, pair, rounds) for pair in measured]
            after = memory_mb(group)
    print(f"Memory of {WORKERS} workers: {before:.0f} MB before, {after:.0f} MB after (goal: {MEMORY_GOAL_MB} at most)")
    return results


def _rounds(load: Load, pair: Pair, rounds: int) -> Result:
    for request in (pair.page, pair.yardstick):
        if not request.bodies:
            fetch(request)  # One alone: what is kept between requests is worked out here.
        load.measure(request)  # Warms both up; not counted.
    seen = [(load.measure(pair.page), load.measure(pair.yardstick)) for _ in range(rounds)]
    return Result(
        pair=pair,
        page=median([page for page, _ in seen]),
        yardstick=median([yardstick for _, yardstick in seen]),
        ratio=statistics.median(page.per_second / yardstick.per_second for page, yardstick in seen),
    )


def table(results: list[Result]) -> str:
    """The figures, in Markdown."""
    lines = [
        "| what | requests/s | p50 ms | p99 ms | yardstick | p50 ms | p99 ms | ratio | goal | |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for result in results:
        page, yardstick, goal = result.page, result.yardstick, result.pair.goal
        lines.append(
            f"| {result.pair.what} | {page.per_second:,.0f} | {page.p50:.1f} | {page.p99:.1f} "
            f"| {yardstick.per_second:,.0f} | {yardstick.p50:.1f} | {yardstick.p99:.1f} "
            f"| {result.ratio:.2f} | ≥ {goal} | {'reached' if result.ratio >= goal else 'short'} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure the site beside bare yardsticks.")
    parser.add_argument("--seconds", type=float, default=2, help="length of a round (default 2)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each, alternating (default 5)")
    parser.add_argument(
        "--threads", type=int, nargs="+", default=[BLOCKING_THREADS], help="blocking threads a worker, one run for each"
    )
    arguments = parser.parse_args()
    os.environ["MEDUCATION_MODE"] = "demo"
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    with own_database():
        fill()
        print(requirements.engine(), flush=True)
        client = "wrk, and our own client for beats" if shutil.which("wrk") else "our own client only (install wrk)"
        print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {WORKERS} workers, {client}")
        for threads in arguments.threads:
            print(f"\nBlocking threads a worker: {threads}")
            print(table(measure(threads, arguments.seconds, arguments.rounds)), flush=True)
        cookies = {size: signed_in(f"enrolled-{size}@bench.example") for size in requirements.SIZES}
        print(f"\n{requirements.tracker(cookies)}", flush=True)
        print(f"\n{identifiers.measure()}")
        print(f"\n{certificates.measure()}")
        print(f"\n{imports.measure(f'enrolled-{FEW}@bench.example')}", flush=True)
        print(f"\n{portfolio.measure(f'enrolled-{FEW}@bench.example')}", flush=True)
        print(f"\n{sharing.measure(f'enrolled-{FEW}@bench.example')}", flush=True)
        print(f"\n{archives.measure(f'enrolled-{FEW}@bench.example')}", flush=True)
        print(f"\n{search.measure()}")


if __name__ == "__main__":
    main()
