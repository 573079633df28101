"""How a process that works for another ends with it, however that one ends: nobody waits for what it makes any more."""

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def end_with(pipe: "Connection") -> None:
    """Have this process end when nobody has the other end of a pipe any more."""

    def wait_for_end() -> None:
        with suppress(EOFError, OSError):
            pipe.recv_bytes()
        os._exit(1)

    threading.Thread(target=wait_for_end, daemon=True).start()
