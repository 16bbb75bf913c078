"""A thread makes pages; it waits for nobody's body, and for nobody who does not read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware

from portal.core import slow_clients
from portal.core.slow_clients import LONGEST_FORM, LONGEST_UPLOAD, OutsideWorkers, Patience

HASTY = Patience(piece=0.2, form=0.4, upload=0.6, reading=0.2)
BIG = 3_000_000


def breaks_off(start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"half"
    raise KeyError("half-way")


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What was sent; at /big an answer longer than what is kept in memory, in pieces; at /fails none."""
    if environ["PATH_INFO"] == "/fails":
        raise KeyError("fault")
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/breaks":
        return breaks_off(start_response)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"x" * 100_000] * (BIG // 100_000) if environ["PATH_INFO"] == "/big" else [b"heard ", body]


class Exchange:
    """One request to the application, and what came back."""

    def __init__(self, *pieces: bytes, path: str = "/", reads: bool = True, ends: bool = True) -> None:
        self.path = path
        self.pieces = list(pieces)
        self.ends = ends
        self.reads = reads
        self.got: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if self.pieces:
            piece = self.pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self.pieces) or not self.ends}
        if not self.ends:
            await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if not self.reads:
            await asyncio.sleep(3600)
        self.got.append(message)

    async def ask(self, application: Any) -> Exchange:
        scope = {
            "type": "http",
            "method": "POST",
            "path": self.path,
            "query_string": b"",
            "headers": [],
            "http_version": "1.1",
        }
        await application(scope, self.receive, self.send)
        return self

    @property
    def status(self) -> int:
        return int(self.got[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.got[1:])


def application(patience: Patience = HASTY) -> OutsideWorkers:
    return OutsideWorkers(WSGIMiddleware(echo, workers=1), patience)


async def exchanged(*pieces: bytes, path: str = "/") -> Exchange:
    return await Exchange(*pieces, path=path).ask(application())


def run(*pieces: bytes, path: str = "/") -> Exchange:
    return asyncio.run(exchanged(*pieces, path=path))


def test_what_is_sent_arrives_whole_and_what_is_answered_too() -> None:
    answer = run(b"one ", b"two ", b"three")
    assert (answer.status, answer.body) == (200, b"heard one two three")
    assert [message.get("more_body") for message in answer.got].count(False) == 1
    assert run(b"").body == b"heard "


def test_a_body_longer_than_the_memory_arrives_whole() -> None:
    sent = bytes(range(256)) * 4_000
    assert run(*[sent[at : at + 65_536] for at in range(0, len(sent), 65_536)]).body == b"heard " + sent


def test_a_long_answer_is_handed_on_whole() -> None:
    assert run(b"", path="/big").body == b"x" * BIG


def test_a_form_that_is_too_long_is_refused_with_words() -> None:
    answer = run(*[b"x" * 1_000_000] * (LONGEST_FORM // 1_000_000 + 1))
    assert answer.status == 413
    assert answer.body == b"Too long: at most 3 MB can be sent here.\n"


def test_an_upload_in_the_cms_may_be_longer() -> None:
    pieces = [b"x" * 1_000_000] * (LONGEST_FORM // 1_000_000 + 1)
    assert run(*pieces, path="/cms/documents/add/").status == 200
    assert run(*[b"x" * 1_000_000] * (LONGEST_UPLOAD // 1_000_000 + 1), path="/cms/").status == 413


def test_a_body_that_stops_half_way_is_given_up() -> None:
    answer = asyncio.run(Exchange(b"half", ends=False).ask(application()))
    assert (answer.status, answer.body) == (408, b"The request did not arrive in time.\n")


def test_a_body_that_drips_for_ever_is_given_up() -> None:
    class Dripping(Exchange):
        async def receive(self) -> dict[str, Any]:
            await asyncio.sleep(0.05)
            return {"type": "http.request", "body": b"x", "more_body": True}

    assert asyncio.run(Dripping().ask(application())).status == 408


def test_a_client_that_goes_before_it_has_sent_all_is_answered_nothing() -> None:
    class Gone(Exchange):
        async def receive(self) -> dict[str, Any]:
            return {"type": "http.disconnect"}

    assert asyncio.run(Gone().ask(application())).got == []


def test_one_thread_serves_beside_those_who_send_half_and_those_who_do_not_read() -> None:
    async def everybody() -> Exchange:
        shared = application(Patience())
        slow = [Exchange(b"half", ends=False) for _ in range(20)]
        slow += [Exchange(b"", path="/big", reads=False) for _ in range(20)]
        waiting = [asyncio.ensure_future(each.ask(shared)) for each in slow]
        await asyncio.sleep(0)
        answer = await Exchange(b"quick").ask(shared)
        assert not any(each.done() for each in waiting[:20])
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return answer

    assert asyncio.run(everybody()).body == b"heard quick"


def test_a_reader_who_does_not_read_is_left() -> None:
    assert asyncio.run(Exchange(b"", path="/big", reads=False).ask(application())).got == []


def test_an_error_of_the_application_is_not_swallowed() -> None:
    async def fails() -> None:
        await Exchange(b"", path="/fails").ask(application())

    with pytest.raises(KeyError, match="fault"):
        asyncio.run(fails())


def test_an_answer_that_breaks_off_is_not_said_to_be_whole() -> None:
    exchange = Exchange(b"", path="/breaks")
    with pytest.raises(KeyError, match="half-way"):
        asyncio.run(exchange.ask(application()))
    assert exchange.body == b"half"
    assert all(message.get("more_body") for message in exchange.got[1:])


def test_a_short_answer_is_one_piece() -> None:
    assert len(run(b"").got) <= 4
    assert slow_clients.IN_MEMORY < BIG
