"""Tells which files are secret as a whole, by their names, or by their names and content. Such a file is not indexed."""

from memoryd.secrets.kinds import (
    ACCOUNT,
    ACCOUNT_KEY,
    KEY_DATA,
    KINDS,
    KUBECONFIG,
    MANIFEST,
    PLAIN_VALUES,
    PRIVATE_KEY,
    TEMPLATE,
)
from memoryd.secrets.languages import language_by_ending

NAMES = frozenset(name for kind in KINDS for name in kind.names)
BEGINNINGS = tuple(beginning for kind in KINDS for beginning in kind.beginnings)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)
KEY_MARKS = (b"PRIVATE KEY", b"PuTTY-User-Key-File", b"AGE-SECRET-KEY-1")
"""Words one of which stands in every private key."""
CONFIG_MARKS = (b"Config", b"kind")
"""Words all of which stand in every kubeconfig."""
HEAD = 65_536
"""The bytes at the start of a file in which its content is looked at."""


def why_secret(path: str, source: bytes | None) -> str:
    """Return why a file is secret as a whole, "" if it is not. `source` is its text, `None` if it is binary."""
    head = (source or b"")[:HEAD]
    what = _by_name(path.rpartition("/")[2].lower(), head) or _by_content(path, head)
    return f"secret: {what}" if what else ""


def _by_name(name: str, head: bytes) -> str:
    if not (name in NAMES or name.startswith(BEGINNINGS) or name.endswith(ENDINGS)) or TEMPLATE.search(name):
        return ""
    named = (kind for kind in KINDS if kind.is_named(name))
    return next((kind.what for kind in named if kind.holds is None or kind.holds.search(head)), "")


def _by_content(path: str, head: bytes) -> str:
    language = language_by_ending(path)
    if language == "text" and any(mark in head for mark in KEY_MARKS) and PRIVATE_KEY.search(head):
        return "a private key"
    if language in ("yaml", "text") and all(mark in head for mark in CONFIG_MARKS) and KUBECONFIG.search(head) and KEY_DATA.search(head):
        return "a kubeconfig with keys"
    if language == "yaml" and MANIFEST.search(head) and PLAIN_VALUES.search(head):
        return "a Secret of Kubernetes with values"
    if language == "json" and ACCOUNT.search(head) and ACCOUNT_KEY.search(head):
        return "credentials of a cloud"
    return ""
