"""From the commit of a message to every screen in its room, beside the chat of Channels' tutorial.

    .venv/bin/python -m benchmarks.rooms [--sockets 1000] [--rooms 20] [--rates 50] [--seconds 10] [--memory]

Serves both, one after the other, on one core with the same database and (unless --memory) a Redis of its own, opens the
sockets, posts at each rate, and prints how long messages took: from the moment the row was made inside its transaction
(so the commit is part of it) to its arrival in the load generator, which runs on the other cores of the same machine.
Ends with 1 when a message is missing at the first rate, or the portal is slower there than it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks import machine, sites

PEOPLE = 100
#: Milliseconds from commit to screen at the first rate: the 95th and the 99th of a hundred.
TARGET_95, TARGET_99 = 25.0, 60.0
#: Seconds for messages on their way when posting has ended.
LAST_ONES = 3.0
#: Sockets opened at the same time.
AT_ONCE = 25


@dataclass
class Opened:
    """One socket: the room it is in, and what arrived when (number of the message -> seconds since the epoch)."""

    room: str
    wire: Any
    arrived: dict[int, float] = field(default_factory=dict)

    async def listen(self) -> None:
        """Note the arrival of every message."""
        async for text in self.wire:
            now = time.time()
            if '"messages"' in text[:24]:
                for message in json.loads(text)["messages"]:
                    self.arrived.setdefault(message["seq"], now)


@dataclass(frozen=True)
class Result:
    """What one server did at one rate, in milliseconds.

    `lost`: of `expected` deliveries, those not there LAST_ONES later; `busy`: the share of its core that was used.
    """

    name: str
    rate: int
    p50: float
    p95: float
    p99: float
    lost: int
    expected: int
    busy: float


def prepare(rooms: int) -> tuple[list[str], list[str]]:
    """Make rooms and people; returns the rooms' slugs and a session of each person."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from network.members.enums import MembershipState
    from network.members.models import Membership, User
    from network.rooms.models import Room

    slugs = [f"load-{number}" for number in range(rooms)]
    for slug in slugs:
        Room.objects.create(slug=slug, title=slug).audiences.add("members")
    sessions = []
    for number in range(PEOPLE):
        user = User.objects.create_user(f"load-{number}@example.org", name=f"Person {number}")
        Membership.objects.create(user=user, state=MembershipState.MEMBER, valid_until="2099-01-01")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        sessions.append(str(session.session_key))
    return slugs, sessions


def made_at(rooms: list[str]) -> dict[tuple[str, int], float]:
    """(room, number) -> when the row was made, in seconds since the epoch."""
    from network.rooms.models import Message

    rows = Message.objects.filter(room__slug__in=rooms).values_list("room__slug", "seq", "created_at")
    return {(slug, seq): at.timestamp() for slug, seq, at in rows}


async def open_all(port: int, number: int, rooms: list[str], sessions: list[str]) -> list[Opened]:
    """Open `number` sockets, spread over rooms and people, each welcomed."""
    from websockets.asyncio.client import connect

    turn = asyncio.Semaphore(AT_ONCE)

    async def one(position: int) -> Opened:
        room = rooms[position % len(rooms)]
        async with turn:
            wire = await connect(
                f"ws://127.0.0.1:{port}/ws/rooms/{room}/",
                origin=f"http://127.0.0.1:{port}",
                additional_headers={"Cookie": f"sessionid={sessions[position % len(sessions)]}"},
                compression=None,
                open_timeout=30,
                ping_interval=None,
                proxy=None,
            )
            await wire.send(json.dumps({"type": "hello", "last_seq": 2**52}))
            await wire.recv()
        return Opened(room, wire)

    return list(await asyncio.gather(*(one(position) for position in range(number))))


async def load(
    server: sites.Server, options: argparse.Namespace, rooms: list[str], sessions: list[str], name: str
) -> list[Result]:
    """Open the sockets, post at each rate in turn, and measure."""
    begun = time.monotonic()
    sockets = await open_all(server.port, options.sockets, rooms, sessions)
    print(f"{name}: {len(sockets)} sockets open after {time.monotonic() - begun:.1f} s", flush=True)
    listening = [asyncio.create_task(one.listen()) for one in sockets]
    results = []
    for rate in options.rates:
        before, from_here, cpu = await asyncio.to_thread(made_at, rooms), time.monotonic(), server.cpu_seconds()
        await post(sockets, rate, options.seconds)
        busy = (server.cpu_seconds() - cpu) / (time.monotonic() - from_here)
        await asyncio.sleep(LAST_ONES)
        after = await asyncio.to_thread(made_at, rooms)
        new = {key: at for key, at in after.items() if key not in before}
        results.append(measured(name, rate, sockets, new, rate * options.seconds, busy))
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    for one in sockets:
        one.wire.transport.abort()
    return results


async def post(sockets: list[Opened], rate: int, seconds: int) -> None:
    """Post `rate` messages a second, each through another socket, at even intervals."""
    start = time.monotonic()
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
        one = random.choice(sockets)  # noqa: S311  no secret is made of it
        body = f"Message {number} of a benchmark, of about the length of a sentence that people write."
        await one.wire.send(json.dumps({"type": "post", "client_id": str(uuid.uuid4()), "body": body}))


def measured(
    name: str, rate: int, sockets: list[Opened], new: dict[tuple[str, int], float], sent: int, busy: float
) -> Result:
    """The figures over every message and socket of its room; what was sent and never written is lost to all."""
    took, missing = [], 0
    per_room: dict[str, list[Opened]] = {}
    for one in sockets:
        per_room.setdefault(one.room, []).append(one)
    for (room, seq), at in new.items():
        for one in per_room[room]:
            if seq in one.arrived:
                took.append((one.arrived[seq] - at) * 1000)
            else:
                missing += 1
    never_written = (sent - len(new)) * len(sockets) // len(per_room)
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [float("inf")] * 99
    expected = len(took) + missing + never_written
    return Result(
        name,
        rate,
        statistics.median(took or [float("inf")]),
        cuts[94],
        cuts[98],
        missing + never_written,
        expected,
        busy,
    )


def table(results: list[Result]) -> str:
    """Markdown, the portal's rows beside the tutorial's at each rate, with the ratio."""
    lines = [
        "| messages/s | | p50 ms | p95 ms | p99 ms | missing after 3 s | of its core |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in sorted(results, key=lambda result: result.rate):
        lost = f"{100 * one.lost / one.expected:.1f} %" if one.lost else "0"
        times = f"{one.p50:.1f} | {one.p95:.1f} | {one.p99:.1f}"
        lines.append(f"| {one.rate} | {one.name} | {times} | {lost} | {100 * one.busy:.0f} % |")
    portal = {result.rate: result for result in results if result.name == "portal"}
    for theirs in results:
        ours = portal[theirs.rate]
        if theirs is not ours and theirs.p95 < float("inf"):
            ratios = f"p95 is {theirs.p95 / ours.p95:.1f}, its p99 {theirs.p99 / ours.p99:.1f} times the portal's"
            lines.append(f"\nAt {ours.rate} messages a second the tutorial's {ratios}.")
    return "\n".join(lines)


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis of the benchmark's own; its address."""
    binary = shutil.which("redis-server")
    if binary is None:
        sys.exit("redis-server is not installed: install it, or measure with --memory.")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def main() -> int:
    """Build, measure, print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--rates", type=lambda text: [int(rate) for rate in text.split(",")], default=[50])
    parser.add_argument("--seconds", type=int, default=10, help="of posting at each rate")
    parser.add_argument("--alone", action="store_true", help="the portal only, without the comparison")
    parser.add_argument("--memory", action="store_true", help="the channel layer of a bare machine instead of Redis")
    options = parser.parse_args()
    print(machine.describe("django", "channels", "channels-redis", "uvicorn", "websockets"), flush=True)
    with tempfile.TemporaryDirectory(prefix="portal-benchmark-") as folder:
        portal = sites.portal_site(Path(folder) / "var")
        if options.memory:
            results = both(portal, options)
        else:
            with redis(Path(folder)) as url:
                results = both(replace(portal, environment={**portal.environment, "REDIS_URL": url}), options)
    print(f"\n{table(results)}", flush=True)
    ours = [result for result in results if result.name == "portal"]
    return int(ours[0].p95 > TARGET_95 or ours[0].p99 > TARGET_99 or ours[0].lost > 0)


def both(portal: sites.Site, options: argparse.Namespace) -> list[Result]:
    """The portal, then the tutorial's chat on the same database."""
    os.environ.update(portal.environment)
    rooms, sessions = prepare(options.rooms)
    environment = {**portal.environment, "DJANGO_SETTINGS_MODULE": "benchmarks.tutorial_settings"}
    tutorial = replace(
        portal, name="tutorial's chat", asgi="benchmarks.tutorial_chat:application", environment=environment
    )
    cores = set(range(os.cpu_count() or 1))
    found: list[Result] = []
    for site in (portal,) if options.alone else (portal, tutorial):
        if len(cores) > 1:
            os.sched_setaffinity(0, cores - {0})
        with sites.serve(site, "uvicorn", {0}) as server:
            found += asyncio.run(load(server, options, rooms, sessions, site.name))
    return found


if __name__ == "__main__":
    sys.exit(main())
