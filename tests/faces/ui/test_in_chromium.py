"""The dashboard in a real browser: a person's path through it, its content security, hostile names, and what axe finds."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from memoryd.sessions import Event, Kind, Reply, Tool, Use
from tests.faces.serving import Served, serving
from tests.faces.ui.test_pages import HOSTILE, RATES, at_home
from tests.project import DEADLINE, FILES, SOURCE_ROOT, write

HOW = "scripts/test-browser runs these tests"
AXE = SOURCE_ROOT / ".clients/node_modules/axe-core/axe.min.js"
SERIOUS = ("serious", "critical")
NAME = f"{HOSTILE[:28]}.py"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    pytest.importorskip("selenium", reason=f"selenium is not installed; {HOW}")
    base = tmp_path_factory.mktemp("chromium")
    evil = f"def evil():\n    '''</pre><script>document.title = 'owned'</script>'''\n    return '{HOSTILE}'\n"
    write(base / "project", {**FILES, NAME: evil, "shop/tax.py": f"{RATES}def rate(day):\n    return 0.19\n"})
    with at_home(base), serving(base) as served:
        served.post("/v1/reindex").raise_for_status()
        note = {"title": "Totals are in cents", "body": "</div><script>", "claims": ["symbol shop/cart.py#Cart.total"]}
        served.post("/v1/notes", **note).raise_for_status()
        place, lines = served.root.resolve(), tuple(FILES["shop/cart.py"].split("\n"))
        read = Use("u1", Tool.READ, path=str(place / "shop/cart.py"), lines=lines, is_whole=True)
        sessions = served.server.app.state.dispatcher.sessions
        sessions.take(place, Event(Kind.PROMPTED, "s-1", text=f"mend it {HOSTILE}"))
        sessions.take(place, Event(Kind.USED, "s-1", use=read))
        yield served


@pytest.fixture(scope="module")
def chromium(one: Served) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip(f"Chromium and its driver are not installed; {HOW}")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    sandbox = () if os.geteuid() else ("--no-sandbox",)
    for argument in ("--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1280,900", *sandbox):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    opened.set_script_timeout(DEADLINE)
    try:
        opened.get(f"http://127.0.0.1:{one.port}{one.client.post('/ui/keys').json()['path']}")
        yield opened
    finally:
        opened.quit()


@dataclass(frozen=True)
class Reader:
    """Reads a page, and waits for what is not there yet."""

    page: Any

    def until(self, told: Callable[[], Any]) -> Any:
        """Wait until something is true, and return it."""
        from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        gone = (NoSuchElementException, StaleElementReferenceException)
        return WebDriverWait(self.page, DEADLINE, ignored_exceptions=gone).until(lambda _: told())

    def find(self, selector: str) -> Any:
        """Return an element."""
        return self.until(lambda: self.page.find_element("css selector", selector))

    def click(self, selector: str) -> None:
        """Click an element."""
        self.until(lambda: self.page.find_element("css selector", selector).click() or True)

    def reads(self, selector: str, text: str) -> None:
        """Wait until an element says something, whether or not it is in sight."""
        self.until(lambda: text in self.page.find_element("css selector", selector).get_attribute("textContent"))


@pytest.fixture
def reader(chromium: Any) -> Reader:
    return Reader(chromium)


def addresses(one: Served) -> dict[str, str]:
    """Return the address of every page by its name."""
    note = one.client.get("/ui/notes", headers={"Accept": "application/json"}).json()["notes"]["entries"][0]["id"]
    asked: dict[str, dict[str, str]] = {
        "": {}, "/project": {}, "/ask": {"task": "what is evil"}, "/show": {"handle": f"{NAME}#evil"}, "/map": {}, "/drafts": {},
        "/graph": {"id": "shop/cart.py#Cart.total"}, "/impact": {"id": f"{NAME}#evil"},
        "/client": {"client": "codex"}, "/notes": {}, "/note": {"id": note}, "/note/edit": {}, "/sessions": {},
        "/session": {"id": "s-1"}, "/usage": {}, "/settings": {},
    }  # fmt: skip
    base = f"http://127.0.0.1:{one.port}/ui"
    return {path: f"{base}{path}?{urlencode({'root': str(one.root), **given})}" for path, given in asked.items()}


def complaints(chromium: Any) -> list[str]:
    """Return what the browser complains about: what a policy forbids, scripts that fail, files that are missing."""
    return [one["message"] for one in chromium.get_log("browser") if one["level"] == "SEVERE"]


def test_somebody_finds_a_function_why_it_was_chosen_what_uses_it_and_takes_a_draft(one: Served, reader: Reader) -> None:
    from selenium.webdriver.common.keys import Keys

    reader.page.get(f"http://127.0.0.1:{one.port}/ui")
    reader.reads(".card .badge.good", "fresh")
    reader.click(".card a[href*='/ui/ask']")
    reader.find("textarea").send_keys("where is the total of the cart", Keys.ENTER)
    reader.reads("#pack-text", "def total")
    assert "task=where" in reader.page.current_url
    reader.find("#budget").send_keys(Keys.ARROW_RIGHT)
    reader.reads(".verdict", "4,500")
    reader.reads(".features .for", "of the")
    reader.click("a[href*='/ui/graph'][href*='Cart']")
    drawn = reader.until(lambda: reader.find("[data-graph]").get_attribute("data-drawn"))
    assert int(drawn) >= 2
    reader.reads(".uses", "shop/checkout.py#pay")
    reader.click("a.button[href*='/ui/impact']")
    assert int(reader.until(lambda: reader.find("[data-graph]").get_attribute("data-drawn"))) >= 2
    reader.reads(".uses", "shop/checkout.py#pay")
    reader.click("nav a[href*='/ui/notes']")
    reader.click("a[href*='/ui/note?']")
    reader.reads(".claims .good", "holds")
    reader.click("nav a[href*='/ui/notes']")
    reader.click("a[href*='/ui/drafts']")
    reader.click(".head button")
    reader.click(".draft .doing button")
    reader.reads(".crumb + h1", "Rates are looked up by date")
    reader.click("nav a[href*='/ui/sessions']")
    reader.click("a[href*='/ui/session?']")
    reader.reads("table", "shop/cart.py")
    sessions, event = one.server.app.state.dispatcher.sessions, Event(Kind.PROMPTED, "s-1", text="go on")
    sessions.gave(one.root.resolve(), event, Reply("## where it lives"))
    reader.reads("table", "## where it lives")
    assert not complaints(reader.page)


def test_a_refresh_brings_what_changed_and_says_so(one: Served, reader: Reader) -> None:
    reader.page.get(addresses(one)["/show"])
    write(one.root, {"shop/later.py": "def later():\n    return 1\n", "shop/later.rs": "fn later() {}\n"})
    reader.page.get(addresses(one)["/project"])
    reader.click(".refresh button")
    reader.reads("main table", "rust")
    reader.reads("#state", "fresh")
    assert not complaints(reader.page)


def test_no_page_runs_or_styles_what_is_foreign_and_none_is_wider_than_the_screen(one: Served, chromium: Any) -> None:
    for width, scheme in ((360, "dark"), (1280, "light")):
        metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        for path, address in addresses(one).items():
            chromium.get(address)
            assert chromium.title.endswith("memoryd"), path
            assert chromium.execute_script("return document.querySelectorAll('main img, main script').length") == 0, path
            assert chromium.execute_script("return document.documentElement.scrollWidth <= innerWidth"), (path, width)
            loaded = chromium.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
            assert all(one_.startswith(f"http://127.0.0.1:{one.port}/ui") for one_ in loaded), path
            assert not complaints(chromium), path
    assert chromium.get_cookies() == [] or all(cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in chromium.get_cookies())
    assert chromium.execute_script("return document.cookie") == ""


def test_axe_finds_nothing_serious_on_any_page(one: Served, chromium: Any) -> None:
    if not AXE.exists():
        pytest.skip(f"axe-core is not installed; {HOW}")
    source = Path(AXE).read_text()
    run = "axe.run().then(found => arguments[0](JSON.stringify([found.violations, found.passes.length])));"
    for path, address in addresses(one).items():
        chromium.get(address)
        chromium.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        chromium.execute_script(source)
        violations, passes = json.loads(chromium.execute_async_script(run))
        assert passes > 10, path
        assert [(one_["id"], one_["nodes"][0]["html"]) for one_ in violations if one_["impact"] in SERIOUS] == [], path


def test_the_keyboard_reaches_the_content_first_and_then_everything(one: Served, chromium: Any, reader: Reader) -> None:
    from selenium.webdriver.common.keys import Keys

    chromium.get(addresses(one)["/notes"])
    reader.find("body").send_keys(Keys.TAB)
    assert chromium.switch_to.active_element.get_attribute("class") == "skip"
    chromium.switch_to.active_element.send_keys(Keys.ENTER)
    assert chromium.switch_to.active_element.get_attribute("id") == "main"
    chromium.switch_to.active_element.send_keys(Keys.TAB)
    assert "Write a note" in chromium.switch_to.active_element.text
    reader.find("body").send_keys("/")
    assert chromium.switch_to.active_element.get_attribute("name") == "words"
