"""The budget of open connections: a client that only opens some, or does not say who it is, cannot keep the others out.

A connection is a stranger until a request on it was admitted. Strangers have a share of all places, and one address has one, too.
Where a place is needed, the oldest stranger makes room, then who has been idle longest; a request that was admitted is never cut off.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from memoryd.faces.access import is_loopback


class Connection(Protocol):
    """An open connection that can be asked to go."""

    def make_room(self) -> None:
        """Close, with a word to the client."""


class Budget:
    """At most `most` connections, of which `strangers` may be strangers, and `peer` from one address other than loopback."""

    def __init__(self, most: int, strangers: int, peer: int) -> None:
        self._most = most
        self._most_strangers = strangers
        self._most_of_peer = peer
        self._peers: dict[Connection, str] = {}
        # Each in the order of time, the oldest first.
        self._strangers: dict[Connection, None] = {}
        self._idle: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._peers)

    def opened(self, connection: Connection, address: str) -> bool:
        """Take in a connection as a stranger, for which others may have to go; tell whether there is room for it."""
        peer = "" if not address or is_loopback(address) else address
        if peer and Counter(self._peers.values())[peer] >= self._most_of_peer and not self._evicted(peer):
            return False
        if len(self._strangers) >= self._most_strangers:
            self._evict(next(iter(self._strangers)))
        if len(self) >= self._most and not self._evicted(""):
            return False
        self._peers[connection] = peer
        self._strangers[connection] = None
        return True

    def admitted(self, connection: Connection) -> None:
        """Know that a request on the connection was admitted; until it is answered, the connection stays."""
        if connection in self._peers:
            self._strangers.pop(connection, None)
            self._idle.pop(connection, None)

    def answered(self, connection: Connection) -> None:
        """Know that the request on the connection was answered."""
        if connection in self._peers and connection not in self._strangers:
            self._idle[connection] = None

    def closed(self, connection: Connection) -> None:
        """Forget the connection."""
        self._peers.pop(connection, None)
        self._strangers.pop(connection, None)
        self._idle.pop(connection, None)

    def _evicted(self, peer: str) -> bool:
        """Have one connection make room, of one peer if there is one named; tell whether there was any that could."""
        chosen = next(self._dispensable(peer), None)
        if chosen is not None:
            self._evict(chosen)
        return chosen is not None

    def _dispensable(self, peer: str) -> Iterator[Connection]:
        return (one for known in (self._strangers, self._idle) for one in known if not peer or self._peers[one] == peer)

    def _evict(self, connection: Connection) -> None:
        self.closed(connection)
        connection.make_room()
