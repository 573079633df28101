"""The budget of connections: who only opens some keeps nobody out, and an admitted request is never cut off."""

import contextlib
import http.client
import logging
import os
import random
import socket
from pathlib import Path

import pytest

from memoryd.faces.connections import Budget
from memoryd.faces.http import Limits
from tests.faces.serving import Served, answer, head, serving
from tests.project import eventually

FEW = Limits(connections=12, strangers=4)
HALVES = (b"", b"GET /healthz HT", head("GET", "/healthz")[:-2])
"""What strangers send: nothing, half a line, a head without its end."""


class Client:
    """A connection that remembers whether it had to go."""

    def __init__(self) -> None:
        self.has_gone = False

    def make_room(self) -> None:
        self.has_gone = True


def half_open(one: Served, number: int, held: contextlib.ExitStack) -> None:
    for place in range(number):
        held.enter_context(one.raw(HALVES[place % len(HALVES)]))


def status(connection: socket.socket) -> int:
    """Read one answer, and leave the connection open."""
    with http.client.HTTPResponse(connection) as response:
        response.begin()
        response.read()
        return response.status


def test_half_open_connections_keep_no_client_out(tmp_path: Path) -> None:
    with serving(tmp_path, limits=FEW) as one, contextlib.ExitStack() as held:
        patient = held.enter_context(one.raw(head("GET", "/v1/projects")))
        assert status(patient) == 200
        for _ in range(3):
            half_open(one, FEW.connections, held)
            # A new client is let in, and one that was answered before keeps its connection.
            assert answer(one.raw(head("GET", "/v1/projects", "Connection: close")))[0] == 200
            patient.sendall(head("GET", "/v1/projects"))
            assert status(patient) == 200
        assert eventually(lambda: len(one.server.server_state.connections) <= FEW.strangers + 1)


def test_a_connection_that_makes_room_is_told_so(tmp_path: Path) -> None:
    with serving(tmp_path, limits=FEW) as one, contextlib.ExitStack() as held:
        first = one.raw()
        half_open(one, FEW.strangers, held)
        code, headers, body = answer(first)
        assert (code, headers["retry-after"], b"/docs#overloaded" in body) == (503, "1", True)


def test_a_request_that_makes_room_before_its_turn_is_not_done(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    body = b'{"root": "%s"}' % os.fsencode(tmp_path)
    request = head("POST", "/v1/projects", "Content-Type: application/json", f"Content-Length: {len(body)}") + body
    with serving(tmp_path) as one, caplog.at_level(logging.INFO, "memoryd.http"):
        known = one.client.get("/v1/projects").json()
        waiting = one.raw()
        connections = one.server.server_state.connections
        assert eventually(lambda: len(connections) == 2)
        (connection,) = (found for found in connections if found.cycle is None)  # type: ignore[union-attr]

        def overtaken() -> None:
            connection.data_received(request)
            connection.make_room()  # type: ignore[union-attr]

        connection.loop.call_soon_threadsafe(overtaken)
        assert answer(waiting)[0] == 503
        assert eventually(lambda: [getattr(record, "fields", {}).get("status") for record in caplog.records].count(0) == 1)
        assert one.client.get("/v1/projects").json() == known
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


NAMELESS = b"GET /v1/projects HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_who_has_no_token_remains_a_stranger(tmp_path: Path) -> None:
    with serving(tmp_path, "192.0.2.1", FEW) as one, contextlib.ExitStack() as held:
        for _ in range(2 * FEW.connections):
            assert status(held.enter_context(one.raw(NAMELESS))) == 401
        assert eventually(lambda: len(one.server.server_state.connections) <= FEW.strangers)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_the_budget_is_kept_and_admitted_requests_stay(seed: int) -> None:
    chance = random.Random(seed)
    budget = Budget(most=6, strangers=3, peer=4)
    inside: dict[Client, str] = {}
    admitted: set[Client] = set()
    working: set[Client] = set()
    for _ in range(200):
        event, client = chance.choice(("open", "open", "admit", "answer", "close")), chance.choice([*inside, Client()])
        if event == "open":
            client, address = Client(), chance.choice(("127.0.0.1", "192.0.2.1", "192.0.2.2"))
            busy = [inside[one] for one in working]
            has_room = len(busy) < 6 and (address == "127.0.0.1" or busy.count(address) < 4)
            assert budget.opened(client, address) == has_room
            inside |= {client: address} if has_room else {}
        elif event == "admit" and client in inside:
            budget.admitted(client)
            admitted.add(client)
            working.add(client)
        elif event == "answer" and client in working:
            budget.answered(client)
            working.remove(client)
        elif event == "close":
            budget.closed(client)
            inside.pop(client, None)
            working.discard(client)
        gone = [one for one in inside if one.has_gone]
        assert not gone or event == "open"
        assert not working.intersection(gone)
        inside = {one: address for one, address in inside.items() if not one.has_gone}
        assert len(budget) == len(inside) <= 6
        assert sum(one not in admitted for one in inside) <= 3
        assert all(list(inside.values()).count(address) <= 4 for address in ("192.0.2.1", "192.0.2.2"))


def test_the_oldest_stranger_goes_first_then_who_was_idle_longest() -> None:
    budget = Budget(most=4, strangers=2, peer=4)
    idle, early, older, newer, last = (Client() for _ in range(5))
    for client in (idle, early):
        budget.opened(client, "127.0.0.1")
        budget.admitted(client)
    for client in (early, idle):
        budget.answered(client)
    order = []
    for client in (older, newer, last):
        budget.opened(client, "127.0.0.1")
        order.append([one.has_gone for one in (older, newer, early, idle)])
    budget.admitted(newer)
    budget.admitted(last)
    assert order == [[False] * 4, [False] * 4, [True, False, False, False]]
    assert budget.opened(Client(), "127.0.0.1")
    assert [one.has_gone for one in (early, idle)] == [True, False]
