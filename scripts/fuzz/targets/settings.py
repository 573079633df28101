"""Settings of clients, JSON with comments and TOML: an entry is put in and dropped, and every other byte stays.

The first line says `json` or `toml`.
"""

from memoryd.faces.install import jsonc, toml_text

PATH = ("servers", "memoryd")
ENTRY = {"command": "memoryd", "args": ["mcp"], "on": True}


def check(data: bytes) -> None:
    """A text is refused as a whole, or edited without harm."""
    head, _, body = data.partition(b"\n")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return
    (_check_toml if head == b"toml" else _check_json)(text)


def _check_json(text: str) -> None:
    try:
        said = jsonc.read(text)
    except jsonc.Malformed:
        return
    if not (said is None or (isinstance(said, dict) and isinstance(said.get("servers", {}), dict))):
        return
    put = jsonc.put(text, PATH, ENTRY)
    servers = (said or {}).get("servers", {})
    was = servers.get("memoryd")
    assert jsonc.read(put) == {**(said or {}), "servers": {**servers, "memoryd": {**(was if isinstance(was, dict) else {}), **ENTRY}}}
    assert jsonc.put(put, PATH, ENTRY) == put
    dropped = jsonc.drop(put, PATH)
    if "memoryd" not in servers:
        assert dropped == text
    else:
        assert "memoryd" not in ((jsonc.read(dropped or "") or {}).get("servers") or {})


def _check_toml(text: str) -> None:
    try:
        said = toml_text.read(text)
        put = toml_text.put(text, PATH, ENTRY)
    except (toml_text.Malformed, toml_text.Unfamiliar):
        return
    try:
        now = toml_text.read(put)
    except toml_text.Malformed:
        return  # the entry stands there in another form; `install` reads what it would write, and refuses
    servers = said.get("servers", {})
    was = servers.get("memoryd", {})
    assert now == {**said, "servers": {**servers, "memoryd": {**was, **ENTRY}}}
    assert toml_text.put(put, PATH, ENTRY) == put
    if "memoryd" not in servers:
        assert toml_text.drop(put, PATH) == text
