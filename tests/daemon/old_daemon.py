"""A daemon of another version, as far as a newer one meets it: it holds the lock, says who it is, and stops when told to.

`python -m tests.daemon.old_daemon HOME VERSION MANNERS`, where manners are `polite`, `deaf` (does not stop when told), or
`hung` (answers nothing and ignores `SIGTERM`).
"""

import http.server
import json
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from memoryd.config import Settings
from memoryd.daemon import hold_lock


def main(home: Path, version: str, manners: str) -> None:
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, {"status": "ok", "pid": os.getpid(), "version": version})

        def do_POST(self) -> None:
            allowed = self.path == "/v1/stop" and manners != "deaf"
            self._answer(202 if allowed else 401, {})
            if allowed:
                threading.Thread(target=server.shutdown).start()

        def _answer(self, status: int, body: object) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    if manners == "hung":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with hold_lock(Settings(home)) as held, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        state = held.publish("127.0.0.1", server.server_port)
        file = home / "daemon.json"
        # What it says is not quite what we say: something is missing, and something is there that we do not know.
        said = json.loads(file.read_text()) | {"version": version, "of another version": 1}
        del said["embedder"]
        file.write_text(json.dumps(said))
        held.state = replace(state, version=version, embedder="")
        print("ready", flush=True)
        if manners == "hung":
            server.server_close()
            threading.Event().wait()
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
