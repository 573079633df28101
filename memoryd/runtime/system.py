"""The systems that memoryd runs on: those with POSIX. Imports little, since every command may begin here."""

from importlib import import_module

from memoryd.errors import SystemUnsupported

OF_POSIX = ("fcntl", "resource")
"""Modules of Python that only a POSIX system has."""


def check_system() -> None:
    """Raise `SystemUnsupported` where the system lacks what memoryd needs."""
    try:
        for name in OF_POSIX:
            import_module(name)
    except ModuleNotFoundError as error:
        raise SystemUnsupported("memoryd needs a POSIX system, such as Linux or macOS; on Windows, run it in WSL") from error
