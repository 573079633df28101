"""Claims against a project: what holds, what does not and what is so instead, and what cannot be told."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.memory import ProjectMemory
from memoryd.model import Secrets
from memoryd.notes.checks.history import History
from memoryd.notes.checks.verdict import Verdict
from memoryd.notes.claim import Claim
from tests.notes.shop import SHOP
from tests.project import write


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("shop")
    write(base / "project", SHOP)
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectMemory]:
    base = tmp_path_factory.mktemp("odd")
    files = {".gitignore": "ignored.py\n", "ignored.py": "def f(): ...\n", "broken.py": "def (:\n", "twice.py": "MODE = 1\nMODE = 2\n"}
    files["made.ts"] = "export class Made {\n  constructor(private service: Service) {}\n}\n"
    write(base / "project", SHOP | files)
    (base / "project/data.bin").write_bytes(bytes(range(256)))
    with ProjectMemory(base / "project", Settings(base / "home", embedder="hash", workers=1)) as made:
        yield made


def verdict(memory: ProjectMemory, text: str) -> Verdict:
    return memory.notes.tell(Claim.parse(text))


HOLDS = [
    "path shop",
    "path shop/cart.py",
    "path README.md",
    "not path shop/Cart.py",
    "not path nowhere",
    "symbol shop/cart.py#Cart",
    "symbol shop/cart.py#Cart.total",
    "not symbol shop/cart.py#Cart.sum",
    "not symbol nowhere.py#f",
    "symbol shop/base.py#Base.COLOUR",
    "symbol shop/money.py#ROUNDING",
    "signature shop/cart.py#Cart.total is def total(self)  ->  Money:",
    "signature src/lib.c#add is int add(int a, int b)",
    "not signature shop/cart.py#Cart.total is def total(self)",
    'constant shop/money.py#CURRENCY is "EUR"',
    "constant shop/money.py#CURRENCY is 'EUR'",
    "constant shop/money.py#LIMIT is 10000",
    "constant shop/money.py#ROUNDING is ('half', 'even')",
    "constant shop/base.py#Base.COLOUR is 'red'",
    'not constant shop/money.py#CURRENCY is "USD"',
    "constant web/app.ts#PORT is 8080",
    "constant web/app.ts#a is 1",
    "constant web/app.ts#b is {  c: 2 }",
    "symbol web/app.ts#Mode.Slow",
    "constant web/app.ts#Mode.Fast is 1",
    "constant src/lib.c#BUFFER is 512",
    'constant src/lib.c#name is "shop"',
    'constant main.go#Version is "1.2"',
    "constant deploy.sh#REGION is eu-west-1",
    "constant config.yaml#currency is EUR",
    "constant config.yaml#rounding is half-even",
    "calls shop/checkout.py#pay -> shop/cart.py#Cart.total",
    "calls shop/checkout.py#pay -> shop/checkout.py#charge",
    "calls shop/cart.py#Cart -> shop/money.py#Money",
    "calls shop/cart.py#Cart.total -> shop/money.py#Money.__init__",
    "calls shop/cart.py#Cart.total -> sum",
    "calls shop/order.py#Order.dump -> json.dumps",
    "calls main.go#main -> main.go#run",
    "calls web/app.ts#run -> web/app.ts#listen",
    "not calls shop/checkout.py#charge -> shop/cart.py#Cart.total",
    "not calls shop/order.py#Order.dump -> pickle.dumps",
    "inherits shop/order.py#Order -> shop/base.py#Base",
    "inherits shop/order.py#Order -> Base",
    "not inherits shop/cart.py#Cart -> shop/base.py#Base",
    "imports shop/checkout.py -> shop/cart.py",
    "imports shop/checkout.py -> shop/cart.py#Cart",
    "imports shop/order.py -> json",
    "not imports shop/cart.py -> shop/checkout.py",
    "not imports shop/checkout.py -> shop/money.py#parse_money",
    "not imports shop/order.py -> pickle",
    'text config.yaml has "half-even"',
    'text config.yaml has "EUR\\nrounding"',
    'not text config.yaml has "USD"',
    'not text nowhere has "x"',
]


@pytest.mark.parametrize("text", HOLDS)
def test_a_true_claim_holds_and_its_opposite_does_not(shop: ProjectMemory, text: str) -> None:
    found = verdict(shop, text)
    assert (found.holds, found.moved_to) == (True, ""), found.because
    denied = verdict(shop, str(Claim.parse(text).denied()))
    assert denied.holds is False
    assert denied.because


@pytest.mark.parametrize(
    "text, because",
    [
        ("path shop/basket.py", "shop/basket.py is gone"),
        ("path lib/money.py", "lib/money.py is gone; shop/money.py has its name"),
        ("symbol shop/cart.py#Cart.sum", "shop/cart.py defines no Cart.sum"),
        ("symbol shop/cart.py#total()", "shop/cart.py defines no total(); shop/cart.py#Cart.total has its name"),
        ("symbol shop/checkout.py#parse_money", "shop/checkout.py defines no parse_money; shop/money.py#parse_money has its name"),
        ("signature shop/money.py#parse_money is def parse_money(text)", "its signature is def parse_money(text: str) -> Money"),
        ("constant shop/money.py#CURRENCY is 'USD'", "CURRENCY is 'EUR'"),
        ("constant shop/money.py#LIMIT is 10_001", "LIMIT is 10000"),
        ("constant config.yaml#currency is USD", "currency is EUR"),
        ("constant web/app.ts#PORT is 80", "PORT is 8080"),
        ("calls shop/checkout.py#charge -> sum", "charge calls no sum"),
        ("calls shop/checkout.py#pay -> shop/cart.py#Cart.sum", "shop/cart.py defines no Cart.sum"),
        ("inherits shop/order.py#Order -> shop/cart.py#Cart", "Order inherits no Cart"),
        ("imports shop/order.py -> pickle", "shop/order.py imports no pickle"),
        ('text config.yaml has "USD"', "config.yaml does not hold 'USD'"),
        ("not path shop/cart.py", "it holds that path shop/cart.py"),
        ("constant gone.py#LIMIT is 1", "gone.py is gone; shop/money.py#LIMIT has its name"),
        ("constant gone.yaml#limit is 1", "gone.yaml is gone"),
        ("signature shop/base.py#Base.COLOUR is def COLOUR(self)", "shop/base.py#Base.COLOUR has no signature"),
    ],
)
def test_a_false_claim_says_what_is_so_instead(shop: ProjectMemory, text: str, because: str) -> None:
    found = verdict(shop, text)
    assert (found.holds, found.because) == (False, because)


@pytest.mark.parametrize(
    "text, because",
    [
        ("calls README.md#shop -> sum", "uses are not read from markdown files"),
        ("imports config.yaml -> os", "uses are not read from yaml files"),
        ("symbol data.bin#x", "data.bin is not indexed: binary"),
        ('text data.bin has "x"', "data.bin is no text that can be read"),
        ("symbol broken.py#f", "broken.py is no Python that can be parsed"),
        ("symbol made.ts#Made.service", "the index does not hold the members of Made"),
        ("constant twice.py#MODE is 1", "MODE is given several values: 1, 2"),
        ('command "pytest -q" exits 0', "no run of 'pytest -q' was recorded; memoryd runs nothing itself"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "not "])
def test_what_cannot_be_told_is_neither_true_nor_false(odd: ProjectMemory, prefix: str, text: str, because: str) -> None:
    found = verdict(odd, prefix + text)
    assert (found.holds, found.because) == (None, because)


def test_a_call_of_another_thing_of_that_name_is_told_apart(root: Path, memory: ProjectMemory) -> None:
    two = dict.fromkeys(("a.py", "b.py"), "def send(): ...\n")
    write(root, two | {"c.py": "from a import send\n\n\ndef go():\n    send()\n"})
    assert verdict(memory, "calls c.py#go -> a.py#send").holds is True
    found = verdict(memory, "calls c.py#go -> b.py#send")
    assert (found.holds, found.because) == (False, "in line 5 it calls a.py#send")


def test_a_call_that_nothing_explains_is_believed_by_its_name(root: Path, memory: ProjectMemory) -> None:
    write(
        root,
        {
            "a.py": "class A:\n    def close(self): ...\n",
            "b.py": "class B:\n    def close(self): ...\n",
            "c.py": "def end(x):\n    x.close()\n",
        },
    )
    assert verdict(memory, "calls c.py#end -> a.py#A.close").holds is True
    assert verdict(memory, "calls c.py#end -> b.py#B.close").holds is True
    denied = verdict(memory, "not calls c.py#end -> b.py#B.close")
    assert (denied.holds, denied.because) == (None, "it may be that calls c.py#end -> b.py#B.close: line 2, by its name")


def test_a_call_of_a_method_is_known_by_its_type_without_a_path(root: Path, memory: ProjectMemory) -> None:
    write(root, {"a.py": "class A:\n    def run(self):\n        self.stop()\n\n    def stop(self): ...\n"})
    assert verdict(memory, "calls a.py#A.run -> A.stop").holds is True
    assert verdict(memory, "not calls a.py#A.run -> A.stop").holds is False
    assert verdict(memory, "not calls a.py#A.run -> B.stop").holds is True


def test_a_name_from_outside_is_what_the_imports_of_its_file_say(root: Path, memory: ProjectMemory) -> None:
    python = (
        "import os.path as osp\nimport subprocess as sp\nfrom pickle import dumps\nfrom math import *\n"
        "from abc import ABC as Abstract\n\n\n"
        "class Job(Abstract):\n    def run(self):\n        sp.run(osp.join(dumps(self)))\n        return sqrt(2) + load()\n"
    )
    go = 'package main\n\nimport (\n\tjs "encoding/json"\n\t"gopkg.in/yaml.v3"\n)\n\nfunc save() {\n\tjs.Marshal(1)\n\tyaml.Marshal(1)\n}\n'
    rust = "use std::collections::HashMap;\nuse serde_json as sj;\n\nfn save() {\n    sj::to_string(1);\n    HashMap::new();\n}\n"
    ts = (
        'import { readFile as rf } from "node:fs/promises";\nimport S from "@sentry/node";\n\n'
        'export function load() {\n  rf("x");\n  S.init();\n}\n'
    )
    write(root, {"job.py": python, "save.go": go, "save.rs": rust, "load.ts": ts})
    told = {
        "calls job.py#Job.run -> subprocess.run": True,
        "calls job.py#Job.run -> sp.run": True,
        "calls job.py#Job.run -> os.path.join": True,
        "calls job.py#Job.run -> pickle.dumps": True,
        "calls job.py#Job.run -> json.dumps": False,
        "calls job.py#Job.run -> math.sqrt": True,
        "calls job.py#Job.run -> json.load": None,
        "inherits job.py#Job -> abc.ABC": True,
        "calls save.go#save -> encoding/json.Marshal": True,
        "calls save.go#save -> yaml.Marshal": True,
        "calls save.go#save -> xml.Marshal": False,
        "calls save.rs#save -> serde_json::to_string": True,
        "calls save.rs#save -> std::collections::HashMap::new": True,
        "calls save.rs#save -> toml::to_string": False,
        "calls load.ts#load -> readFile": True,
        "calls load.ts#load -> node:fs/promises.readFile": True,
        "calls load.ts#load -> @sentry/node.init": None,
        "imports save.go -> encoding/json": True,
        "imports save.go -> encoding/xml": False,
        "imports save.rs -> std::collections::HashMap": True,
        "imports load.ts -> fs/promises": True,
        "imports load.ts -> @sentry/node": True,
        "imports load.ts -> @sentry/core": False,
    }
    assert {text: verdict(memory, text).holds for text in told} == told
    denied = {text: None if holds is None else not holds for text, holds in told.items()}
    assert {text: verdict(memory, f"not {text}").holds for text in told} == denied


def test_an_import_of_a_source_file_that_is_not_there_cannot_be_told(root: Path, memory: ProjectMemory) -> None:
    write(root, {"net.c": "#include <sys/socket.h>\nint open_it(void) { return 1; }\n"})
    found = verdict(memory, "imports net.c -> sys/socket.h")
    assert (found.holds, found.because) == (None, "line 1 imports it, and the project has no such file")
    found = verdict(memory, "imports net.c -> sys/types.h")
    assert (found.holds, found.because) == (False, "sys/types.h is gone")


def test_an_overload_has_each_of_its_signatures(root: Path, memory: ProjectMemory) -> None:
    write(root, {"Box.java": "class Box {\n  void put(int a) {}\n  void put(String a) {}\n}\n"})
    assert verdict(memory, "signature Box.java#Box.put is void put(int a)").holds is True
    assert verdict(memory, "signature Box.java#Box.put is void put(String a)").holds is True
    assert verdict(memory, "signature Box.java#Box.put is void put(long a)").holds is False


def test_what_is_nested_in_a_name_that_repeats_is_found_in_any_of_them(root: Path, memory: ProjectMemory) -> None:
    first = "def wrap(f):\n    return f\n\n\n"
    second = "def wrap(f):\n    def inner(x):\n        def deep(): ...\n        return sum(x)\n    return inner\n"
    write(root, {"wraps.py": first + second})
    assert verdict(memory, "symbol wraps.py#wrap.inner").holds is True
    assert verdict(memory, "symbol wraps.py#wrap.inner.deep").holds is True
    assert verdict(memory, "symbol wraps.py#wrap~2.inner").holds is True
    assert verdict(memory, "signature wraps.py#wrap.inner is def inner(x)").holds is True
    assert verdict(memory, "calls wraps.py#wrap.inner -> sum").holds is True
    assert verdict(memory, "symbol wraps.py#wrap~3.inner").holds is False
    assert verdict(memory, "symbol wraps.py#wrap.outer").holds is False


def test_attributes_of_classes_in_functions_are_found_and_variables_of_functions_are_not(root: Path, memory: ProjectMemory) -> None:
    write(root, {"made.py": "def make():\n    local = 1\n\n    class Model:\n        size: int = 3\n\n    return Model\n"})
    assert verdict(memory, "symbol made.py#make.Model.size").holds is True
    assert verdict(memory, "constant made.py#make.Model.size is 3").holds is True
    assert verdict(memory, "constant made.py#make.Model.size is 4").holds is False
    assert verdict(memory, "symbol made.py#make.local").holds is False


def test_a_signature_longer_than_the_index_keeps_is_compared_to_its_end(root: Path, memory: ProjectMemory) -> None:
    names = ", ".join(f"parameter_number_{number}" for number in range(30))
    write(root, {"wide.py": f"def wide(\n    {names}, last: int = 1\n) -> list[int]:\n    return []\n"})
    start = "signature wide.py#wide is def wide("
    assert verdict(memory, f"{start} {names}, last: int = 1 ) -> list[int]").holds is True
    assert verdict(memory, f"{start}{names}, last: int = 1) -> list[int]").holds is True
    assert verdict(memory, f"{start} {names}, last: int = 2 ) -> list[int]").holds is False
    assert verdict(memory, f"{start} {names}, last: int = 1 ) -> list").holds is False
    assert verdict(memory, f"{start} {names}, last: int = 1 )").holds is False
    assert verdict(memory, f"{start} {names}, last").holds is False


def test_a_signature_holds_on_however_many_lines_it_stands(root: Path, memory: ProjectMemory) -> None:
    write(root, {"wide.py": "def wide(\n    first: int,  # of all\n    last: list[int],\n) -> None: ...\n"})
    for told in ("(first: int, last: list[int]) -> None", "( first: int, last: list[int], ) -> None", "(first:int,last:list[int])->None"):
        assert verdict(memory, f"signature wide.py#wide is def wide{told}").holds is True
    assert verdict(memory, "signature wide.py#wide is def wide(first: int, last: list) -> None").holds is False


def test_words_stand_in_a_file_on_however_many_lines(root: Path, memory: ProjectMemory) -> None:
    write(root, {"lay.py": "if (\n    first\n    and second\n):\n    go()\n"})
    assert verdict(memory, 'text lay.py has "first and second"').holds is True
    assert verdict(memory, 'text lay.py has "first or second"').holds is False
    assert verdict(memory, 'text lay.py has "\\t"').holds is False


def test_what_a_parser_may_have_lost_in_a_damaged_file_cannot_be_told(root: Path, memory: ProjectMemory) -> None:
    write(root, {"torn.c": "int kept(int a) { return a; }\nint lost(((( { return a; }\n"})
    assert verdict(memory, "symbol torn.c#absent").holds is False
    assert "has errors" in verdict(memory, "symbol torn.c#lost").because
    assert verdict(memory, "symbol torn.c#lost").holds is None
    assert verdict(memory, "not symbol torn.c#lost").holds is None


def test_the_bytes_on_disk_decide_even_where_the_index_lags(root: Path, memory: ProjectMemory) -> None:
    memory.refresh()
    write(root, {"shop/money.py": "CURRENCY = 'USD'\n", "new.py": "def f(): ...\n"})
    assert verdict(memory, "constant shop/money.py#CURRENCY is 'USD'").holds is True
    assert verdict(memory, "symbol shop/money.py#Money").holds is False
    assert verdict(memory, "symbol new.py#f").holds is True


def test_no_link_is_followed_out_of_the_project(root: Path, tmp_path: Path, memory: ProjectMemory) -> None:
    write(tmp_path / "outside", {"secret.txt": "hunter2"})
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "file").symlink_to(tmp_path / "outside/secret.txt")
    assert verdict(memory, "path link/secret.txt").holds is False
    assert verdict(memory, 'text link/secret.txt has "hunter2"').holds is False
    assert verdict(memory, 'text file has "hunter2"').holds is None


def test_a_recorded_run_decides_about_a_command(memory: ProjectMemory) -> None:
    memory.notes.record("pytest -q", 1)
    assert verdict(memory, 'command "pytest -q" exits 1').holds is True
    found = verdict(memory, 'command "pytest -q" exits 0')
    assert (found.holds, found.because) == (False, "it last exited 1")
    memory.notes.record("pytest -q", 0)
    assert verdict(memory, 'command "pytest -q" exits 0').holds is True


def test_constants_of_every_language_are_read(root: Path, memory: ProjectMemory) -> None:
    write(
        root,
        {
            "a.rs": "pub const MAX: usize = 10;\n",
            "A.java": "class A { static final int MAX = 10; }\n",
            "a.kt": "const val MAX = 10\n",
            "a.rb": "MAX = 10\n",
            "a.php": "<?php\nconst MAX = 10;\ndefine('MIN', 10);\n",
            "a.swift": "let MAX = 10\n",
            "a.cs": "class A { const int MAX = 10; }\n",
            "a.ex": "defmodule A do\n  @max 10\nend\n",
            "a.hs": "maxSize :: Int\nmaxSize = 10\n",
            "a.zig": "const MAX: u32 = 10;\n",
            "a.lua": "local MAX = 10\n",
            "A.scala": "object A { val Max = 10 }\n",
            "a.js": "export const MAX = 10, MIN = 10;\n",
            "a.cpp": "constexpr int MAX = 10;\n",
        },
    )
    names = [
        "a.rs#MAX",
        "A.java#A.MAX",
        "a.kt#MAX",
        "a.rb#MAX",
        "a.php#MAX",
        "a.php#MIN",
        "a.swift#MAX",
        "a.cs#A.MAX",
        "a.ex#A.max",
        "a.hs#maxSize",
        "a.zig#MAX",
        "a.lua#MAX",
        "A.scala#A.Max",
        "a.js#MAX",
        "a.js#MIN",
        "a.cpp#MAX",
    ]
    assert {name: verdict(memory, f"constant {name} is 10").holds for name in names} == dict.fromkeys(names, True)
    assert {name: verdict(memory, f"constant {name} is 11").holds for name in names} == dict.fromkeys(names, False)


def test_what_a_type_holds_is_found_though_it_is_no_symbol_of_its_own(root: Path, memory: ProjectMemory) -> None:
    write(
        root,
        {
            "a.ts": "export class A {\n  private size = 3;\n  run() { this.gone(); }\n}\n",
            "A.java": "class A {\n  private int size = 3;\n  void run() { gone(); }\n}\n",
            "a.cs": "class A {\n  int size = 3;\n  void run() { gone(); }\n}\n",
            "a.swift": "class A {\n  var size = 3\n  func run() { gone() }\n}\n",
            "a.py": "class A:\n    def __init__(self):\n        self.size = 3\n        self.gone()\n",
        },
    )
    for path in ("a.ts", "A.java", "a.cs", "a.swift", "a.py"):
        assert verdict(memory, f"symbol {path}#A.size").holds is True
        assert verdict(memory, f"not symbol {path}#A.size").holds is False
        assert verdict(memory, f"symbol {path}#A.gone").holds is False
    for path in ("a.ts", "A.java", "a.cs", "a.swift"):
        assert verdict(memory, f"constant {path}#A.size is 3").holds is True
        assert verdict(memory, f"constant {path}#A.size is 4").holds is False


LAYOUT = [
    ("a.ts", "const MAX = { a: 1, b: 'x' };", 'const MAX = {\n  a: 1, // one\n  b: "x",\n};', "{ a: 1, b: 'y' }"),
    ("a.ts", "const MAX = 60*60;", "const MAX = 60 * 60 // an hour", "60 * 61"),
    ("a.go", "package a; const MAX = 3", "package a; const MAX = 3 // tries", "4"),
    ("a.c", "#define MAX 3", "#define MAX 3 /* tries */", "4"),
    ("a.rs", 'const MAX: &str = "a // b";', 'const MAX: &str = "a // b"; // one', '"a // c"'),
    ("a.lua", "MAX = 3", "MAX = 3 -- tries", "4"),
    ("a.yaml", "MAX: 3", "MAX: 3 # tries", "4"),
    ("a.toml", 'MAX = ["a", "b"]', 'MAX = [\n  "a", # one\n  "b",\n]', '["a", "c"]'),
    ("a.py", "MAX = 3600", "MAX = 60 * 60  # an hour", "3601"),
    ("a.py", "MAX = f('a',1)", 'MAX = f(\n    "a",\n    1,\n)', "f('b', 1)"),
]


@pytest.mark.parametrize("path, before, after, other", LAYOUT)
def test_comments_and_layout_change_no_value(root: Path, memory: ProjectMemory, path: str, before: str, after: str, other: str) -> None:
    value = before.partition("MAX")[2].removeprefix(": &str").strip(" =:;")
    for source in (before, after):
        write(root, {path: f"{source}\n"})
        found = verdict(memory, f"constant {path}#MAX is {value}")
        assert found.holds is True, found.because
        assert verdict(memory, f"constant {path}#MAX is {other}").holds is False


def test_of_names_that_share_a_statement_none_gets_the_value_of_another(root: Path, memory: ProjectMemory) -> None:
    write(root, {"a.go": "package a\n\nvar One, Two = 1, 2\n", "a.ts": "const { one, two } = made;\n", "a.c": "enum E { P, Q = 3 };\n"})
    for claim in ("a.go#Two is 1", "a.go#One is 2", "a.ts#one is made", "a.c#E.P is 3"):
        assert verdict(memory, f"constant {claim}").holds is None


def test_a_name_that_is_given_another_value_under_a_condition_has_no_one_value(root: Path, memory: ProjectMemory) -> None:
    write(root, {"a.py": "MODE = 1\nif fast:\n    MODE = 2\nCOUNT = 1\nCOUNT += 1\n\n\ndef f(MODE=3):\n    LIMIT = 4\n\n\nLIMIT = 5\n"})
    for claim in ("MODE is 1", "COUNT is 1", "COUNT is 2"):
        assert verdict(memory, f"constant a.py#{claim}").holds is None
    assert verdict(memory, "constant a.py#MODE is 3").holds is False
    assert verdict(memory, "constant a.py#LIMIT is 5").holds is True


def test_a_git_that_gives_no_answer_is_not_asked_again_at_once(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, trace = tmp_path / "bin" / "git", tmp_path / "trace"
    # Where a git gives no answer, it is asked for the settings that it may wait for.
    write(tmp_path, {"bin/git": f'#!/bin/sh\n[ "$7" = config ] || echo asked >> {trace}\nexec sleep 60\n'})
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    history = History(root, Secrets.MASK, seconds=2.0)
    assert [history.head(), history.commit("main"), history.message("0" * 40)] == ["", "", ""]
    assert trace.read_text() == "asked\n"
