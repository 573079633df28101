"""Takes pictures of the dashboard's pages with Chromium: to be looked at (every page, light, dark and narrow), and those of the documents.

python -m scripts.pictures ROOT FOLDER     every page about a project, from the daemon that runs
python -m scripts.pictures --docs          those in docs/pictures, of memoryd's own source, from a daemon of its own
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).parents[1]
DOCS = HERE / "docs/pictures"
MOST_BYTES = 150_000
SECONDS = 60
TASK = "where are the claims of a note checked"
SYMBOL = "memoryd/notes/checks/verdict.py#check"


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    name: str
    width: int
    scheme: str


LOOKS = (Look("light", 1280, "light"), Look("dark", 1280, "dark"), Look("narrow", 360, "dark"))
FOR_DOCS = {"ask": ("/ask", {"task": TASK}), "impact": ("/impact", {"id": SYMBOL})}


@contextmanager
def chromium() -> Iterator[Any]:
    """Run Chromium without a window."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    sandbox = () if os.geteuid() else ("--no-sandbox",)
    for argument in ("--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", *sandbox):
        options.add_argument(argument)
    opened = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield opened
    finally:
        opened.quit()


def memoryd(*words: str, environment: Mapping[str, str] | None = None) -> str:
    """Return what a command prints."""
    command = [sys.executable, "-m", "memoryd", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE, env={**os.environ, **(environment or {})}).stdout


def look_at(page: Any, look: Look, address: str) -> None:
    """Open a page, and wait until everything on it is drawn."""
    metrics = {"width": look.width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": look.scheme}]})
    page.get(address)
    from selenium.webdriver.support.ui import WebDriverWait

    drawn = (
        "return !document.querySelector('[data-graph]:not([data-drawn]), [data-plot]:not([data-drawn]), #report[hx-get], .htmx-request')"
    )
    WebDriverWait(page, SECONDS).until(lambda opened: opened.execute_script(drawn))
    if page.find_elements("css selector", ".empty h1"):
        raise SystemExit(f"{address} shows: {page.find_element('css selector', '.empty').text}")


def taken(page: Any, height: int | None) -> bytes:
    """Return a picture of the page: of its first `height` pixels, or of all of it."""
    size = page.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(height or 6_000, size["height"]), "scale": 1}
    found = page.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
    return base64.b64decode(found["data"])


def addresses(root: str, page: Any, base: str) -> dict[str, str]:
    """Return the address of each page about a project, as far as it has something to show."""

    def first(path: str, selector: str) -> dict[str, str]:
        page.get(f"{base}{path}?{urlencode({'root': root})}")
        links = page.find_elements("css selector", selector)
        return {name: links[0].get_attribute("href")} if links and (name := path.removeprefix("/").removesuffix("s")) else {}

    symbol = first("/map", "td a[href*='/ui/graph']").get("map", "")
    plain: dict[str, tuple[str, dict[str, str]]] = {
        "projects": ("", {}), "project": ("/project", {}), "ask": ("/ask", {"task": TASK}), "ask-empty": ("/ask", {}), "map": ("/map", {}),
        "notes": ("/notes", {}), "edit": ("/note/edit", {}), "drafts": ("/drafts", {}), "sessions": ("/sessions", {}),
        "usage": ("/usage", {}), "settings": ("/settings", {}),
        "client": ("/client", {"client": "claude-code", "scope": "project"}),
    }  # fmt: skip
    found = {name: f"{base}{path}?{urlencode({'root': root, **given})}" for name, (path, given) in plain.items()}
    found |= first("/notes", "ul.list a[href*='/ui/note?']") | first("/sessions", "ul.list a[href*='/ui/session?']")
    if symbol:
        found |= {
            "graph": symbol,
            "impact": symbol.replace("/graph?", "/impact?"),
            "show": symbol.replace("/graph?", "/show?").replace("id=", "handle="),
        }
    return found


def every_page(root: str, folder: Path, some: Sequence[str]) -> None:
    """Take a picture of every page in every look; of `some` pages alone, if any is named."""
    entrance = memoryd("ui").strip().split()[-1]
    base = entrance.split("/ui/")[0] + "/ui"
    with chromium() as page:
        page.get(entrance)
        for name, address in addresses(root, page, base).items():
            for look in LOOKS if not some or name in some else ():
                look_at(page, look, address)
                (folder / f"{name}-{look.name}.png").write_bytes(taken(page, None))
                print(folder / f"{name}-{look.name}.png")


def of_the_documents() -> None:
    """Take the pictures of the documents. Fails where one is too large."""
    with tempfile.TemporaryDirectory() as folder, chromium() as page:
        place, source = {"MEMORYD_HOME": f"{folder}/home"}, Path(folder, "memoryd")
        subprocess.run(["git", "clone", "-q", str(HERE), str(source)], check=True)
        try:
            page.get(memoryd("ui", environment=place).strip().split()[-1])
            memoryd("pack", TASK, "--root", str(source), environment=place)  # the daemon knows the project from here on
            base = page.current_url.split("/ui")[0] + "/ui"
            for name, (path, given) in FOR_DOCS.items():
                look_at(page, Look("", 1100, "light"), f"{base}{path}?{urlencode({'root': str(source), **given})}")
                picture = taken(page, 860)
                if len(picture) > MOST_BYTES:
                    raise SystemExit(f"{name}.png takes {len(picture):,} bytes, more than {MOST_BYTES:,}; show less of the page")
                DOCS.mkdir(exist_ok=True)
                (DOCS / f"{name}.png").write_bytes(picture)
        finally:
            memoryd("daemon", "stop", environment=place)


if __name__ == "__main__":
    if sys.argv[1:] == ["--docs"]:
        of_the_documents()
    else:
        target = Path(sys.argv[2])
        target.mkdir(parents=True, exist_ok=True)
        every_page(str(Path(sys.argv[1]).resolve()), target, sys.argv[3:])
