"""The map leads with what a newcomer asks first: entry points, public interface, central types; and it never exceeds its budget."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.graph import Graph
from memoryd.memory import ProjectMemory
from memoryd.model import Pack
from memoryd.packing.maps.manifests import Manifest, read_manifest
from memoryd.packing.maps.purpose import sentence
from memoryd.tokens import counter
from memoryd.versions import View
from tests.growth import LINEAR, growth
from tests.project import write

USER = "from shop import Cart\nfrom shop.money import Money\n\n\ndef use_{n}(cart: Cart) -> Money:\n    return cart.total()\n"
PYTHON = {
    "pyproject.toml": '[project]\nname = "shop"\ndescription = "Sells things to people who want them."\n'
    '[project.scripts]\nshop = "shop.cli:main"\ngone = "shop.gone:main"\n',
    "src/shop/__init__.py": "from shop.cart import Cart as Cart, _secret\nfrom shop.money import Money\n\n__version__ = '1'\n",
    "src/shop/__main__.py": "from shop.cli import main\n\nmain()\n",
    "src/shop/cli.py": "def main() -> None:\n    pass\n",
    "src/shop/cart.py": 'import typing as t\n\nT = t.TypeVar("T")\nLines = list[int]\n\n\nclass Cart:\n'
    '    """What a customer means to buy."""\n\n'
    "    def total(self):\n        return _secret()\n\n\ndef _secret():\n    return 1\n\n\nclass Alone:\n    pass\n",
    "src/shop/money.py": "class Money:\n    pass\n",
    **{f"src/app/user_{n}.py": USER.format(n=n) for n in range(4)},
    "tests/test_cart.py": "class FakeCart:\n    pass\n\n\ndef main(): ...\n",
    "README.md": "# Shop\n\n[![Build](b.svg)](https://ci)\n\n"
    "We're excited to announce the release of Shop 1.12.0!\n\nShop sells [things](https://t) to those who want them.\n",
    "docs/index.md": "# Contents\n\n- [Start](start.md)\n- [End](end.md)\n",
}
GO = {
    "go.mod": "module example.org/queue\n",
    "queue.go": "// Package queue hands jobs to workers.\npackage queue\n\n// Queue holds jobs.\n"
    "type Queue struct{}\n\ntype hidden struct{}\n\n"
    "func New() *Queue { return &Queue{} }\n\nfunc helper() {}\n",
    "use.go": "package queue\n\nfunc Use(q *Queue, h *hidden) { New(); helper() }\n",
    "cmd/queue/main.go": 'package main\n\nimport "example.org/queue"\n\nfunc main() { queue.New() }\n',
    **{f"{folder}/main.go": "package main\n\nfunc main() {}\n" for folder in ("bench", "queue.Samples", "examples")},
}
TYPESCRIPT = {
    "package.json": '{"name": "order", "bin": {"order": "bin/order.js"}, "exports": {".": {"import": "./dist/index.js"}}}',
    "bin/order.js": "console.log(1)\n",
    "src/index.ts": "export { Order, total as sum } from './order'\nexport * from './money'\nimport { hidden } from './order'\n"
    "export const LIMIT = 20\nhidden()\n",
    "src/order.ts": "export class Order {}\nexport function total() {}\nexport function hidden() {}\nexport type Alias = Order\n",
    "src/money.ts": "export class Money {}\nfunction inside() {}\n",
}
RUST = {
    "Cargo.toml": '[package]\nname = "queue"\ndescription = "Hands jobs to workers."\n',
    "src/lib.rs": "mod job;\npub mod worker;\npub use job::Job;\nuse job::Hidden;\npub fn run() {}\nfn inner(h: Hidden) {}\n",
    "src/job.rs": "pub struct Job;\npub(crate) struct Hidden;\n",
    "src/worker.rs": "use crate::job::Job;\npub fn work(job: Job) {}\n",
    "src/main.rs": "fn main() {}\n",
}


def mapped(files: Mapping[str, str], folder: Path, budget: int = 2_000) -> dict[str, list[str]]:
    """Return the lines of each section of the map of a project, the head under an empty title."""
    write(folder / "project", files)
    with ProjectMemory(folder / "project", Settings(folder / "home", embedder="hash", workers=1)) as memory:
        text = memory.map(budget).text
    sections: dict[str, list[str]] = {"": []}
    for line in text.splitlines():
        if line.startswith("## "):
            sections[line[3:].partition(",")[0]] = []
        elif line:
            sections[list(sections)[-1]].append(line)
    return sections


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return mapped(PYTHON, tmp_path_factory.mktemp("python"))


def test_what_a_newcomer_asks_first_comes_first(python: dict[str, list[str]]) -> None:
    assert list(python) == ["", "entry points", "public interface", "central types", "folders", "central functions"]
    assert python[""][0] == "# project: Sells things to people who want them."


def test_commands_and_packages_that_run_are_entry_points_once(python: dict[str, list[str]]) -> None:
    assert python["entry points"] == [
        "command shop: src/shop/cli.py#main [1-2] def main() -> None",
        "python -m shop: src/shop/__main__.py",
    ]


def test_what_a_package_exports_is_its_interface_most_used_first(python: dict[str, list[str]]) -> None:
    assert python["public interface"] == ["src/shop/__init__.py: Cart, Money"]


def test_central_types_are_those_that_other_files_use_and_no_aliases(python: dict[str, list[str]]) -> None:
    assert [line.partition(" [")[0] for line in python["central types"]] == ["src/shop/cart.py#Cart", "src/shop/money.py#Money"]
    assert python["central types"][0].endswith("class Cart (5 files) What a customer means to buy.")
    assert not any(
        name in line for lines in python.values() for line in lines for name in ("_secret", "TypeVar", "Lines", "FakeCart", "Alone")
    )


def test_folders_that_other_files_use_come_before_those_with_the_settings_of_their_build(tmp_path: Path) -> None:
    uses = {f"app/src/main/kotlin/app/Use{n}.kt": f"package app\nimport shop.Cart\nfun use{n}(cart: Cart) {{}}\n" for n in range(3)}
    files = {
        "settings.gradle.kts": "",
        "core/build.gradle.kts": "",
        "core/src/main/kotlin/shop/Cart.kt": "package shop\nclass Cart\n",
        **uses,
    }
    found = mapped(files, tmp_path)
    assert found[""][1] == "6 files in 4 folders: kotlin 6"
    assert found["folders"][:2] == [
        "core/src/main/kotlin/shop/ (1 file) Cart",
        "app/src/main/kotlin/app/ (3 files) Use0.kt, Use1.kt, Use2.kt",
    ]


def test_neither_news_nor_tables_of_contents_say_what_a_folder_is_for(python: dict[str, list[str]]) -> None:
    assert not any("excited" in line or "Start" in line for lines in python.values() for line in lines)


def test_a_readme_says_what_a_project_is_for_without_its_news(tmp_path: Path) -> None:
    assert (
        mapped({"README.md": PYTHON["README.md"], "a.py": "A = 1\n"}, tmp_path)[""][0]
        == "# project: Shop sells things to those who want them."
    )


def test_go_exports_capitalised_names_and_begins_in_main_not_in_programs_for_its_developers(tmp_path: Path) -> None:
    found = mapped(GO, tmp_path)
    assert [line.partition("#")[0] for line in found["entry points"]] == [
        "main: cmd/queue/main.go", "main: bench/main.go", "main: queue.Samples/main.go",
    ]  # fmt: skip
    assert found["public interface"] == ["./: Queue, New, Use"]
    assert [line.partition(" ")[0] for line in found["central types"]] == ["queue.go#Queue"]


def test_the_types_of_elixir_are_its_modules(tmp_path: Path) -> None:
    uses = {f"lib/use{n}.ex": f"defmodule Use{n} do\n  def use(x), do: Shop.Cart.total(x)\nend\n" for n in range(2)}
    found = mapped({"lib/shop/cart.ex": "defmodule Shop.Cart do\n  def total(x), do: x\nend\n", **uses}, tmp_path)
    assert found["central types"] == ["lib/shop/cart.ex#Shop.Cart [1-3] defmodule Shop.Cart (2 files)"]


def test_typescript_exports_what_its_index_does_and_is_imported_by_its_source(tmp_path: Path) -> None:
    found = mapped(TYPESCRIPT, tmp_path)
    assert found["entry points"] == ["command order: bin/order.js", "import order: src/index.ts"]
    (names,) = found["public interface"]
    assert set(names.removeprefix("src/index.ts: ").split(", ")) == {"LIMIT", "Order", "sum", "Money"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "module.exports = class Shop {\n}\n\nmodule.exports.Missing = Missing\nif (module.exports === 1) exports._own = 1\n",
            "Shop, Missing",
        ),
        ("exports = module.exports = open\nfunction open () {}\nexports.close = () => {}\nexports.close == open\n", "open, close"),
        ("module.exports = {\n  open,\n  close: shut\n}\n", "open, close"),
        ("module.exports = require('./lib/inner')\n", "inside"),
    ],
)
def test_a_commonjs_module_exports_one_thing_or_several_or_what_another_does(tmp_path: Path, text: str, names: str) -> None:
    files = {"package.json": '{"name": "shop", "main": "shop.js"}', "shop.js": text, "lib/inner.js": "exports.inside = 1\n"}
    assert mapped(files, tmp_path)["public interface"] == [f"shop.js: {names}"]


def test_what_is_built_for_import_and_not_there_leaves_what_is_imported_otherwise(tmp_path: Path) -> None:
    package = '{"name": "order", "exports": {".": {"import": "./dist/order.mjs"}}, "main": "lib/order.js"}'
    assert mapped({"package.json": package, "lib/order.js": "module.exports = 1\n"}, tmp_path)["entry points"] == [
        "import order: lib/order.js"
    ]


def test_rust_exports_what_is_public_in_its_library(tmp_path: Path) -> None:
    found = mapped(RUST, tmp_path)
    assert found["entry points"] == ["command queue: src/main.rs#main [1-1] fn main()", "import queue: src/lib.rs"]
    (names,) = found["public interface"]
    assert {"Job", "run", "worker"} <= set(names.removeprefix("src/lib.rs: ").split(", "))
    assert "inner" not in names


@pytest.mark.parametrize("budget", [1, 5, 30, 60, 120, 200, 300, 500, 1_000])
def test_no_map_exceeds_its_budget(project: ProjectMemory, budget: int) -> None:
    found = project.map(budget)
    assert found.tokens == counter()(found.text) <= budget


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("map")
    write(base / "project", {**PYTHON, **GO, **TYPESCRIPT})
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


@pytest.mark.parametrize("text", ["", "[", "{", "[project]\nscripts = 1\nname = []\n", "[" * 100_000, "\0", "[project.scripts]\na = 1\n"])
@pytest.mark.parametrize("path", ["pyproject.toml", "package.json", "Cargo.toml", "composer.json", "setup.cfg", "a/setup.py"])
def test_a_manifest_that_is_not_as_expected_is_none_or_says_little(path: str, text: str) -> None:
    found = read_manifest(path, text)
    assert found is None or (found.name, found.description) == ("", "")


def test_gems_and_assemblies_say_how_they_are_called_and_started(tmp_path: Path) -> None:
    gem = (
        'Gem::Specification.new do |s|\n  s.name = "job-queue"\n  s.summary = "Hands out jobs"\n'
        '  s.bindir = "exe"\n  s.executables = %w[work peek]\nend\n'
    )
    assert read_manifest("queue.gemspec", gem) == Manifest(
        "", "job-queue", "Hands out jobs", (("work", "exe/work"), ("peek", "exe/peek")), ("lib/job/queue.rb", "lib/job-queue.rb")
    )
    lines = mapped({
        "queue.gemspec": gem, "exe/work": "#!/usr/bin/env ruby\nputs 1\n", "lib/job/queue.rb": "class Job\nend\n",
        "src/Shop/Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk">\n<OutputType>Exe</OutputType>\n</Project>\n',
        "src/Shop/Program.cs": "Console.WriteLine(1);\n",
    }, tmp_path)  # fmt: skip
    assert lines["entry points"] == ["command work: exe/work", "command Shop: src/Shop/Program.cs", "import job-queue: lib/job/queue.rb"]


@pytest.mark.parametrize("text", ["{} = 1\n", "[{}]\n", "[project]\nscripts.{} = 1\n"])
def test_reading_a_manifest_takes_time_in_proportion_to_it(text: str) -> None:
    assert growth(lambda size: read_manifest("pyproject.toml", text.format(".".join("a" * size))), 20_000) <= LINEAR
    assert growth(lambda size: read_manifest("pyproject.toml", text.format(".".join("a" * 90)) + "# a.a.a\n" * size), 20_000) <= LINEAR


def test_a_manifest_read_again_after_an_edit_is_the_one_on_disk(project: ProjectMemory) -> None:
    assert "command shop:" in project.map(500).text
    write(project.root, {"pyproject.toml": PYTHON["pyproject.toml"].replace("\nshop =", "\nstore =")})
    assert "command store:" in project.map(500).text


@pytest.mark.parametrize("asked", [ProjectMemory.map, ProjectMemory.tour])
def test_a_map_asked_again_draws_nothing_and_says_the_same(
    project: ProjectMemory, asked: Callable[[ProjectMemory, int], Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, read, documented, graph = asked(project, 700), Counter[str](), View.documented, View.graph

    def counted(view: View, paths: Iterable[str]) -> Mapping[str, str]:
        read["documentation"] += 1
        return documented(view, paths)

    def linked(view: View) -> Graph:
        read["graph"] += 1
        found: Graph = graph.__get__(view)
        return found

    monkeypatch.setattr(View, "documented", counted)
    monkeypatch.setattr(View, "graph", property(linked))
    assert asked(project, 700) == first
    assert not read
    assert asked(project, 300) != first
    write(project.root, {f"src/shop/{asked.__name__}.py": "class More: ...\n"})
    project.refresh()
    asked(project, 700)
    assert set(read) == {"documentation", "graph"}


def test_a_map_asked_again_tells_of_every_file_that_it_rests_on_as_it_is_on_disk(project: ProjectMemory, tmp_path: Path) -> None:
    for path in ("src/shop/__init__.py", "package.json", "src/index.ts"):
        project.map()
        source = (project.root / path).read_text()
        write(project.root, {path: source.replace("Cart", "Basket").replace("LIMIT", "MOST").replace("order", "sale")})
        # Asked without a refresh, it must find the change by itself.
        text = project.map().text
        with ProjectMemory(project.root, Settings(tmp_path / path.replace("/", "-"), embedder="hash", workers=1)) as anew:
            assert text == anew.map().text
        write(project.root, {path: source})


@pytest.mark.parametrize(
    "doc,says",
    [
        ("[Gin](https://g) is a **fast** framework for `Go`.", "Gin is a fast framework for `Go`."),
        (
            ".. toctree::\n   :maxdepth: 2\n\n   installation\n   the quickstart of it all\n\nSee :doc:`start` for where to begin.",
            "See start for where to begin.",
        ),
        (
            "```js\nconst app = new Application();\n\napp.listen(3000, () => started());\n```\n\nA framework for servers of HTTP.",
            "A framework for servers of HTTP.",
        ),
        ("~~~\nsome code that is cut off before its block ends", ""),
        ("- [Build Tags](#b)\n- [Another of them](#c)", ""),
        ("@module Helper for the validation of input.", "Helper for the validation of input."),
    ],
)
def test_the_first_paragraph_of_prose_is_told_without_markup(doc: str, says: str) -> None:
    assert sentence(doc) == says
