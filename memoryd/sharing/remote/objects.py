"""The objects of a remote: lists, reads and writes them by object_store, the only module that knows it.

Credentials come from where each service's own tools look for them in the environment. None is part of an address, a message or a file.
"""

import re
from collections.abc import Callable
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from memoryd.config import allows_plain_http
from memoryd.errors import RemoteUnusable, UsageError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SERVICES = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}
"""The services by the scheme of their addresses, with what the names of their variables begin with."""
SCHEMES = (*SERVICES, "file", "https", "http")
CONNECT_SECONDS, REQUEST_SECONDS = 5, 120
CHUNK = 64 * 1024
STATUS = re.compile(r"status code: ([0-9]{3})")
CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
TOO_SHORT = re.compile(r"status code: 416|StartTooLarge")
"""What is said of an object that ends before the first byte that it was asked for."""
WORDS = {
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "NoSuchBucket": "there is no such bucket",
    "InvalidAccessKeyId": "it does not know our credentials",
    "SignatureDoesNotMatch": "it does not take our credentials",
    "AccessDenied": "it does not let us",
    "SlowDown": "it is asked too often",
}
STATUSES = {"401": "it asks for credentials", "403": "it does not let us", "404": "there is no such place", "429": "it is asked too often"}


class Failure(Exception):
    """An object could not be read or written; the text says why, in words of ours."""


class Missing(Failure):
    """There is no such object."""


def check_address(address: str) -> None:
    """Raise `UsageError` for an address that no remote can have, or that holds a secret."""
    example = "give one such as s3://bucket/prefix, gs://…, az://…, https://… or file:///…"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise UsageError(f"that is no address; {example}") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise UsageError("an address must not hold credentials; put them into the environment, as the service's own tools expect them")
    if parts.query or parts.fragment:
        raise UsageError("an address must not hold a query, which often is a secret; put credentials into the environment")
    if parts.scheme not in SCHEMES:
        raise UsageError(f"{parts.scheme or 'nothing'} is no kind of remote; {example}")
    if parts.scheme == "file" and (host or not parts.path.startswith("/")):
        raise UsageError("a folder is named by its whole path, such as file:///srv/memoryd")
    if parts.scheme != "file" and not host:
        raise UsageError(f"that address names no place; {example}")
    if parts.scheme == "http" and not _is_here(host):
        raise UsageError("http:// is taken for this machine alone, where nobody can listen; use https://")
    if not address.isprintable() or address != address.strip():
        raise UsageError("an address has no blanks at its ends, and nothing that is not seen")


def folder_of(address: str) -> Path | None:
    """Return the folder that an address names, `None` for one on another machine."""
    parts = urlsplit(address)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_installed() -> None:
    """Raise `RemoteUnusable` where the packages for remotes are not installed."""
    if find_spec("obstore") is None or find_spec("cryptography") is None:
        raise RemoteUnusable("remotes need two more packages; install them beside memoryd: pip install obstore cryptography")


class Objects:
    """The objects below an address. All methods but the constructor are for one event loop; a call that is cancelled ends."""

    def __init__(self, address: str, retries: int) -> None:
        try:
            self._store = _store(address, retries)
        except Exception as error:  # noqa: BLE001 - each service has errors of its own
            raise Failure(_words(error)) from None

    async def names(self, folder: str) -> list[str]:
        """Return the names of the objects in a folder."""
        return [path.rpartition("/")[2] for path in await self.sizes(folder)]

    async def sizes(self, folder: str) -> dict[str, int]:
        """Return the objects in a folder and in those below it, by their paths, with how many bytes each has."""
        import obstore

        try:
            return {one["path"]: one["size"] async for some in obstore.list(self._store, folder) for one in some}
        except FileNotFoundError:
            return {}
        except Exception as error:  # noqa: BLE001
            raise Failure(_words(error)) from None

    async def read(self, name: str, start: int, end: int, arrived: Callable[[int], None]) -> bytearray:
        """Return some bytes of an object, fewer where it ends; `arrived` is told of how many whenever some do."""
        import obstore

        found = bytearray()
        try:
            answer = await obstore.get_async(self._store, name, options={"range": (start, end)})
            async for chunk in answer.stream(min_chunk_size=CHUNK):
                found += memoryview(chunk)
                arrived(len(chunk))
                if len(found) > end - start:
                    raise Failure("it sends more than it was asked for")
        except Failure:
            raise
        except FileNotFoundError:
            raise Missing("an object is gone") from None
        except Exception as error:  # noqa: BLE001
            if TOO_SHORT.search(str(error)):
                return found
            raise Failure(_words(error)) from None
        return found

    async def write(self, name: str, data: bytes) -> None:
        """Write an object as a whole."""
        import obstore

        try:
            await obstore.put_async(self._store, name, data)
        except Exception as error:  # noqa: BLE001
            raise Failure(_words(error)) from None

    async def remove(self, name: str) -> None:
        """Remove an object, if there is one and we may."""
        import obstore

        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return
        except Exception as error:  # noqa: BLE001
            raise Failure(_words(error)) from None


def _store(address: str, retries: int) -> "ObjectStore":
    from obstore.store import HTTPStore, LocalStore, from_url

    parts = urlsplit(address)
    if parts.scheme == "file":
        return LocalStore(folder_of(address))
    is_plain = parts.scheme == "http" or (parts.scheme in SERVICES and allows_plain_http(SERVICES[parts.scheme]))
    options: Any = {"timeout": f"{REQUEST_SECONDS}s", "connect_timeout": f"{CONNECT_SECONDS}s", "allow_http": is_plain}
    attempts: Any = {"max_retries": retries}
    if parts.scheme == "http":
        return HTTPStore.from_url(address, client_options=options, retry_config=attempts)
    return from_url(address, client_options=options, retry_config=attempts)


def _words(error: BaseException) -> str:
    """Say what went wrong without a word of the error itself: it may quote addresses with secrets, and what servers send."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    text = str(error)
    code, status = CODE.search(text), STATUS.search(text)
    if code and code[1] in WORDS:
        return WORDS[code[1]]
    if status:
        return STATUSES.get(status[1], f"it answers with status {status[1]}")
    if isinstance(error, PermissionError):
        return "it does not let us"
    if isinstance(error, FileNotFoundError):
        return "there is no such place"
    return "it cannot be reached, or breaks off"
