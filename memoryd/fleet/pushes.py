"""Reads what a git host tells of a push: GitHub's and GitLab's push events, and those of hosts that send the same. Pure.

GitHub signs the body (`X-Hub-Signature-256`: HMAC-SHA256, in hexadecimal), GitLab sends the secret itself (`X-Gitlab-Token`). What an
event names counts only where a fleet's list has it: it says which repository to look at, never where to fetch from.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from memoryd.errors import UsageError
from memoryd.fleet.listed import Listed, named

SIGNATURE, TOKEN = "x-hub-signature-256", "x-gitlab-token"
ADDRESSES = ("clone_url", "ssh_url", "git_url", "html_url", "git_http_url", "git_ssh_url", "web_url", "http_url")
NAMES = ("full_name", "path_with_namespace")
LONGEST = 1_000
BRANCH = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Push:
    """What an event says: the repository's addresses and names, and whether its head moved: other branches are not in a fleet."""

    addresses: frozenset[str]
    names: frozenset[str]
    is_of_head: bool

    def among(self, listed: Iterable[Listed]) -> tuple[str, ...]:
        """Return the names of the repositories of a list that it is about."""
        return tuple(
            one.name for one in listed if _place(one.address) in self.addresses or self.names & {one.name, named(one.address)}
        )  # fmt: skip


def is_signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Tell whether an event comes from who knows the secret. Takes as long for every wrong signature; nothing fits an empty secret."""
    signature = headers.get(SIGNATURE)
    if signature is not None:
        wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return bool(secret) and hmac.compare_digest(signature.encode(), wanted.encode())
    return bool(secret) and hmac.compare_digest(headers.get(TOKEN, "").encode(), secret.encode())


def read_push(body: bytes) -> Push:
    """Read an event; one that is no push names nothing. Raises `UsageError` for what is no JSON object."""
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UsageError("a push event is one JSON object; choose the content type application/json where you add the webhook") from error
    if not isinstance(event, dict):
        raise UsageError("a push event is one JSON object")
    told = [one for one in (event.get("repository"), event.get("project")) if isinstance(one, dict)]
    default = next((branch for one in told if (branch := _text(one, "default_branch"))), "")
    ref = _text(event, "ref")
    return Push(
        frozenset(_place(address) for address in _texts(told, ADDRESSES)), frozenset(_texts(told, NAMES)),
        ref.startswith(BRANCH) and default in ("", ref.removeprefix(BRANCH)),
    )  # fmt: skip


def _texts(told: Iterable[Mapping[str, Any]], keys: Collection[str]) -> Iterable[str]:
    return (text for one in told for key in keys if (text := _text(one, key)))


def _text(one: Mapping[str, Any], key: str) -> str:
    value = one.get(key)
    return value if isinstance(value, str) and len(value) <= LONGEST else ""


def _place(address: str) -> str:
    """Return what addresses of one repository have in common: `host/path`, without scheme, user, port and `.git`."""
    rest = re.sub(r"^[a-z+]{1,10}://", "", address)
    rest = rest.rpartition("@")[2] if "@" in rest.partition("/")[0] else rest
    host, path = re.match(r"([^/:]*)(?::\d+(?=/))?[:/]?(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]  # fits every text
    return f"{host.lower()}/{path.strip('/').removesuffix('.git')}"
