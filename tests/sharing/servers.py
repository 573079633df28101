"""Servers on loopback that hold a remote: one that speaks S3, and one that serves a folder by WebDAV and does wrong when told to."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

import httpx
import pytest

BUCKET = "bucket"


@contextmanager
def s3_server(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run moto's S3 server, with a bucket and the usual variables in the environment; yield an address."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in (
            ("AWS_ENDPOINT_URL", f"http://{host}:{port}"), ("AWS_ALLOW_HTTP", "true"), ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "known"), ("AWS_SECRET_ACCESS_KEY", "never-in-a-file"),
        ):  # fmt: skip
            patch.setenv(name, value)
        httpx.put(f"http://{host}:{port}/{BUCKET}").raise_for_status()
        yield f"s3://{BUCKET}/team/memoryd"
    finally:
        server.stop()


@dataclass
class Folder:
    """A folder served by WebDAV. `fault` is what it does wrong; `asked` counts requests; `go` lets answers go on that it holds back."""

    path: Path
    fault: str = ""
    asked: int = 0
    address: str = ""
    go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def folder_server(path: Path) -> Iterator[Folder]:
    """Serve a folder."""
    folder = Folder(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"folder": folder}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    folder.address = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield folder
    finally:
        folder.go.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    folder: Folder
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def do_PROPFIND(self) -> None:
        self.folder.asked += 1
        if self._is_silent():
            return
        place = self.folder.path / unquote(self.path).strip("/")
        if not place.is_dir():
            self._send(404, b"")
            return
        files = [Path(at) / name for at, _, names in os.walk(place) for name in names]
        listed = "".join(
            f"<D:response><D:href>/{quote(str(file.relative_to(self.folder.path)))}</D:href><D:propstat><D:prop>"
            f"<D:getlastmodified>Sun, 22 Nov 2026 08:00:00 GMT</D:getlastmodified>"
            f"<D:getcontentlength>{file.stat().st_size}</D:getcontentlength>"
            f"<D:resourcetype/></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
            for file in files
        )
        self._send(207, f'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{listed}</D:multistatus>'.encode())

    def do_GET(self) -> None:
        self.folder.asked += 1
        if self._is_silent():
            return
        file = self.folder.path / unquote(self.path).strip("/")
        if not file.is_file():
            self._send(404, b"")
            return
        data = file.read_bytes()
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        part = data[int(first) : int(last) + 1]
        headers = {"Content-Range": f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}"}
        is_bundle = file.parent.name == "bundles"
        if self.folder.fault == "cut" and is_bundle:
            self._send(206, part[: len(part) // 2], {**headers, "Content-Length": str(len(part))})
            self.close_connection = True
        elif self.folder.fault == "stall" and is_bundle:
            self._send(206, part[: len(part) // 2], {**headers, "Content-Length": str(len(part))})
            self.wfile.flush()
            self.folder.go.wait()
            self.close_connection = True
        else:
            self._send(206, part, headers)

    def _is_silent(self) -> bool:
        """Do what is wrong with every request."""
        if self.folder.fault == "silent":
            self.folder.go.wait()
            self.close_connection = True
        elif self.folder.fault == "clock":
            code = escape("RequestTimeTooSkewed")
            self._send(403, f"<Error><Code>{code}</Code><Message>sig=a-secret-of-the-server</Message></Error>".encode())
        elif self.folder.fault == "broken":
            self._send(500, b"sig=a-secret-of-the-server")
        return self.folder.fault in ("silent", "clock", "broken")

    def _send(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
