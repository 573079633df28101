"""Linking: each rule on a small project, what must never be linked, and that a patched graph equals a linked one."""

import gc
import json
import random
import weakref
from collections.abc import Mapping
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import FileFacts, index_source, language_of
from memoryd.arrays import Arrays
from memoryd.config import Settings
from memoryd.graph import Edge, FactColumns, Graph, ImportStatement, SavedGraph, Tier, Use, arrays_of, centrality
from memoryd.memory import ProjectMemory
from memoryd.store.schema import LINK_COLUMNS, LinkColumns, link_columns
from tests.lengths import tries
from tests.project import all_edges, write


def facts_of(sources: Mapping[str, str]) -> dict[str, FileFacts]:
    return {path: index_source(language_of(path, text.encode()), text.encode()) for path, text in sources.items()}


def linked(sources: Mapping[str, str]) -> Graph:
    return Graph.link(FactColumns.of(facts_of(sources)))


def uses(graph: Graph) -> set[tuple[str, str, str]]:
    """Return all edges but imports as (source, target, tier)."""
    return {(edge.source, edge.target, edge.tier.name) for edge in all_edges(graph) if edge.kind != "import"}


def imports(graph: Graph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in all_edges(graph) if edge.kind == "import"}


SHOP = {
    "shop/__init__.py": "from .cart import Cart as Basket\nfrom shop.tools import *\n",
    "shop/cart.py": (
        "from shop import tools\nfrom shop.base import Base\n\n\nclass Cart(Base):\n    def total(self):\n"
        "        return self.price() + tools.tax() + self.name()\n\n    def price(self):\n        return helper()\n\n\n"
        "def helper():\n    pass\n"
    ),
    "shop/base.py": "class Base:\n    def name(self):\n        pass\n",
    "shop/tools.py": "def tax():\n    pass\n\n\ndef _round():\n    pass\n",
    "app.py": (
        "import shop\nimport shop.tools as t\nfrom shop import Basket\n\n\ndef main():\n    Basket().total()\n    t.tax()\n    shop.tax()\n"
    ),
}


def test_python_links_scopes_members_imports_aliases_and_reexports() -> None:
    assert uses(linked(SHOP)) == {
        ("shop/cart.py#Cart", "shop/base.py#Base", "IMPORT"),
        ("shop/cart.py#Cart.total", "shop/cart.py#Cart.price", "SAME_FILE"),
        ("shop/cart.py#Cart.total", "shop/tools.py#tax", "IMPORT"),
        ("shop/cart.py#Cart.total", "shop/base.py#Base.name", "IMPORT"),
        ("shop/cart.py#Cart.price", "shop/cart.py#helper", "SAME_FILE"),
        ("app.py#main", "shop/cart.py#Cart", "IMPORT"),
        ("app.py#main", "shop/cart.py#Cart.total", "IMPORT"),
        ("app.py#main", "shop/tools.py#tax", "IMPORT"),
    }


def test_imports_and_importers_name_files_and_symbols() -> None:
    graph = linked(SHOP)
    assert {edge.target for edge in graph.imports("app.py")} == {"shop/__init__.py", "shop/tools.py", "shop/cart.py#Cart"}
    assert {edge.source for edge in graph.importers("shop/tools.py")} == {"app.py", "shop/__init__.py", "shop/cart.py"}


def test_typescript_completes_extensions_and_follows_index_files() -> None:
    graph = linked({
        "src/shop/index.ts": "export { Cart } from './cart';\nexport * from './tools';\n",
        "src/shop/cart.ts": (
            "import { Base } from '../base';\n"
            "export class Cart extends Base { total() { return this.price(); } price() {} }\n"
        ),
        "src/shop/tools.ts": "export function tax() {}\n",
        "src/base.tsx": "export class Base { name() {} }\n",
        "src/app.ts": (
            "import { Cart as Basket } from './shop';\nimport * as tools from './shop/tools.js';\nimport { tax } from './shop';\n"
            "export function main() { new Basket(); tools.tax(); tax(); }\n"
        ),
    })  # fmt: skip
    assert uses(graph) >= {
        ("src/shop/cart.ts#Cart", "src/base.tsx#Base", "IMPORT"),
        ("src/shop/cart.ts#Cart.total", "src/shop/cart.ts#Cart.price", "SAME_FILE"),
        ("src/app.ts#main", "src/shop/cart.ts#Cart", "IMPORT"),
        ("src/app.ts#main", "src/shop/tools.ts#tax", "IMPORT"),
    }


def test_what_is_exported_under_another_name_is_followed() -> None:
    graph = linked({
        "src/base.ts": "class Hono { fetch() {} }\nexport { Hono as HonoBase }\n",
        "src/hono.ts": "import { HonoBase } from './base'\nexport class Hono extends HonoBase {}\n",
        "app.ts": "import { Hono } from './src/hono'\nfunction f() { const app = new Hono(); app.fetch() }\n",
    })  # fmt: skip
    assert ("src/hono.ts#Hono", "src/base.ts#Hono", "IMPORT") in uses(graph)
    assert ("app.ts#f", "src/base.ts#Hono.fetch", "TYPED") in uses(graph)
    assert imports(graph) == {("app.ts", "src/hono.ts#Hono"), ("src/hono.ts", "src/base.ts#Hono")}


MANIFESTS = {
    "a package of the workspace, named by what it builds": (
        {
            "packages/cart/package.json": (
                '{"name": "@shop/cart", "exports": {".": {"types": "./dist/x/cart.d.mts", "default": "./dist/cart.mjs"},'
                ' "./tax": "./dist/esm/tax/index.js", "./parts/*": {"import": "./build/parts/*.js"}, "./*": null}}'
            ),
            "packages/cart/src/index.ts": "export class Cart {}\n",
            "packages/cart/src/tax/index.ts": "export function tax() {}\n",
            "packages/cart/src/parts/wheel.ts": "export class Wheel {}\n",
            "packages/cart/examples/one/package.json": '{"name": "react", "version": "0.0.0"}',
            "packages/cart/examples/one/index.js": "export function useState() {}\n",
            "packages/app/main.ts": (
                "import { Cart } from '@shop/cart'\nimport { tax } from '@shop/cart/tax'\nimport { Wheel } from '@shop/cart/parts/wheel'\n"
                "import { useState } from 'react'\nimport { Cart as C } from '@shop/cart/nowhere'\n"
            ),
        },
        "packages/app/main.ts",
        {"packages/cart/src/index.ts#Cart", "packages/cart/src/tax/index.ts#tax", "packages/cart/src/parts/wheel.ts#Wheel"},
    ),
    "paths of TypeScript, through the configuration above, with comments": (
        {
            "config/tsconfig.base.json": (
                '{ // all\n"compilerOptions": {"baseUrl": "..", /* of "all" */'
                ' "paths": {"@/*": ["app/src/*",], "~deep/*": ["nowhere/*", "lib/*"]}}}'
            ),
            "app/tsconfig.json": '{"extends": "../config/tsconfig.base", "compilerOptions": {"baseUrl": "./src"}}',
            "app/package.json": '{"name": "app", "private": true, "imports": {"#db": {"node": "./lib/db.js"}}}',
            "app/lib/db.ts": "export function db() {}\n",
            "app/src/cart.ts": "export class Cart {}\n",
            "lib/tax.ts": "export function tax() {}\n",
            "app/src/main.ts": (
                "import { Cart } from '@/cart'\nimport { tax } from '~deep/tax.js'\nimport { db } from '#db'\n"
                "import * as cart from 'cart'\n"
            ),
        },
        "app/src/main.ts",
        {"app/src/cart.ts#Cart", "lib/tax.ts#tax", "app/lib/db.ts#db", "app/src/cart.ts"},
    ),
    "configurations that all go on with each other": (
        {
            **{
                f"tsconfig.{one}.json": json.dumps({"extends": [f"./tsconfig.{other}" for other in range(12)]}) for one in range(12)
            },
            "tsconfig.json": '{"extends": "./tsconfig.0", "compilerOptions": {"paths": {"@/*": ["src/*"]}}}',
            "src/cart.ts": "export class Cart {}\n",
            "main.ts": "import { Cart } from '@/cart'\nimport { Tax } from '@/tax'\n",
        },
        "main.ts",
        {"src/cart.ts#Cart"},
    ),
    "modules of Go, one in another": (
        {
            "go.mod": "// shop\nmodule ex.com/shop/v2\n\ngo 1.22\n",
            "api/go.mod": "module ex.com/api\n\ngo 1.22\n",
            "cart/cart.go": "package cart\n\nfunc New() {}\n",
            "api/rpc/rpc.go": "package rpc\n\nfunc Serve() {}\n",
            "main.go": 'package main\n\nimport (\n\t"ex.com/api/rpc"\n\t"ex.com/shop/v2/cart"\n)\n',
        },
        "main.go",
        {"api/rpc/rpc.go", "cart/cart.go"},
    ),
    "crates by their names, called otherwise, and modules within a file": (
        {
            "Cargo.toml": '[workspace.dependencies]\nui = { path = "shop-ui", package = "shop-ui" }\n',
            "shop-ui/Cargo.toml": '[package]\nname = "shop-ui"\n',
            "shop-ui/src/lib.rs": "pub mod menu;\npub mod prelude {\n    pub fn draw() {}\n}\n",
            "shop-ui/src/menu.rs": "pub struct Menu;\n",
            "app/src/main.rs": "use shop_ui::menu::Menu;\nuse ui::prelude::draw;\n",
        },
        "app/src/main.rs",
        {"shop-ui/src/menu.rs#Menu", "shop-ui/src/lib.rs#prelude.draw"},
    ),
    "namespaces of PHP by their prefix, and files beside": (
        {
            "composer.json": '{"autoload": {"psr-4": {"Shop\\\\": "src/", "Shop\\\\Tests\\\\": ["tests/"]}}}',
            "src/Cart.php": "<?php\nnamespace Shop;\nclass Cart {}\n",
            "tests/Help.php": "<?php\nnamespace Shop\\Tests;\nclass Help {}\n",
            "tests/CartTest.php": "<?php\nuse Shop\\Cart;\nuse Shop\\Tests\\Help;\nrequire __DIR__ . '/../src/Cart.php';\n",
        },
        "tests/CartTest.php",
        {"src/Cart.php#Cart", "tests/Help.php#Help", "src/Cart.php"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sources", "importer", "expected"), MANIFESTS.values(), ids=MANIFESTS)
def test_manifests_tell_where_the_names_of_modules_lead(sources: dict[str, str], importer: str, expected: set[str]) -> None:
    assert {target for source, target in imports(linked(sources)) if source == importer} == expected


HIDING = {
    "python": ({
        "app.py": (
            "from base import Conf, load\nimport jobs\n\n\ndef run(): pass\n\n\n"
            "def parameters(run, load, jobs):\n    run()\n    load()\n    jobs.work()\n\n\n"
            "def variables():\n    run = one()\n    run()\n    for load in [1]:\n        load()\n    return [run() for run in [2]]\n\n\n"
            "def outer(run):\n    def inner():\n        run()\n    return inner\n\n\n"
            "def of_type(Conf):\n    Conf.make()\n\n\n"
            "class Cart:\n    run = 1\n\n    def pay(self, wait=load()):\n        run()\n        jobs.work()\n\n\n"
            "def inside():\n    def load(): pass\n    load = wrap(load)\n    load()\n\n\n"
            "def imports():\n    try:\n        from base import load\n    except ImportError:\n        load = None\n    load()\n"
        ),
        "base.py": "class Conf:\n    @staticmethod\n    def make(): pass\n\n\ndef load(): pass\n",
        "jobs.py": "def work(): pass\n",
    }, {
        ("app.py#Cart.pay", "base.py#load"), ("app.py#Cart.pay", "app.py#run"), ("app.py#Cart.pay", "jobs.py#work"),
        ("app.py#inside", "app.py#inside.load"), ("app.py#imports", "base.py#load"),
    }),
    "typescript": ({
        "app.ts": (
            "import { load } from './base';\nfunction run() {}\n"
            "function parameters(run: any, { load }: any) { run(); load(); }\n"
            "const inline = (run: any) => run();\n"
            "function block() { if (one) { const run = two(); run(); } run(); }\n"
            "function typed(call: (run: any) => void, xs: any) { run(); xs.map((load: any) => load()); load(); }\n"
        ),
        "base.ts": "export function load() {}\n",
    }, {("app.ts#block", "app.ts#run"), ("app.ts#typed", "app.ts#run"), ("app.ts#typed", "base.ts#load")}),
    "go": ({
        "app.go": (
            "package a\n\nfunc parameter(run func()) { run() }\n\nfunc variable() {\n\trun := run()\n\trun()\n}\n\n"
            "func block() {\n\tif run := one(); run != nil {\n\t\trun()\n\t}\n\tfor _, run := range two {\n\t\trun()\n\t}\n}\n\n"
            "func after(x conn) {\n\tif conn, run := one(); run {\n\t\tconn.Close()\n\t}\n\trun()\n}\n"
        ),
        "run.go": "package a\n\ntype conn struct{}\n\nfunc (c conn) Close() {}\n\nfunc run() func() { return nil }\n",
    }, {("app.go#variable", "run.go#run"), ("app.go#after", "run.go#run")}),
    "rust": ({
        "app.rs": (
            "fn run() {}\nfn parameter(run: impl Fn()) { run() }\nfn variable() { let run = run(); run() }\n"
            "fn matched(x: A) { match x { Some(run) => run(), _ => {} } }\nfn after(x: A) { if let Some(run) = x { run() } run() }\n"
            "fn closure(x: A) { x.map(|run| run()) }\n"
        ),
    }, {("app.rs#variable", "app.rs#run"), ("app.rs#after", "app.rs#run")}),
    "c++": ({
        "app.cpp": (
            "void run() { }\nvoid parameter(void (*run)(void)) { run(); }\nvoid variable() { auto run = [] { }; run(); }\n"
            "void block() { if (one) { int run = 2; use(run); } run(); }\n"
        ),
    }, {("app.cpp#block", "app.cpp#run")}),
}  # fmt: skip


@pytest.mark.parametrize(("files", "called"), HIDING.values(), ids=HIDING)
def test_a_local_variable_hides_what_has_its_name_outside_of_it(files: dict[str, str], called: set[tuple[str, str]]) -> None:
    told = {(edge.source, edge.target) for edge in all_edges(linked(files)) if edge.kind == "call" and edge.tier < Tier.UNIQUE}
    assert told == called


GIVEN = {
    "python": ({
        "app.py": (
            "from base import Base\nimport jobs\nfrom jobs import work as job, LIMIT\n\n\n"
            "def run(): pass\n\n\nTABLE = {'run': run}\nSIZE = 1\n\n\n"
            "class Cart(Base):\n    def __init__(self, close):\n        self.total, self.close = 0, close\n\n"
            "    def pay(self, work, jobs_of):\n        map(self.price, [job, jobs.work, jobs_of.work, SIZE, LIMIT])\n"
            "        return work, self.total, self.shut, self.close, Cart.price\n\n"
            "    def price(self, done=run): pass\n\n    value = property(price)\n\n\n"
            "def later(cart: Cart):\n    def inner(): pass\n    Thread(target=cart.pay)\n    return inner\n"
        ),
        "base.py": "class Base:\n    def shut(self): pass\n\n    def close(self): pass\n",
        "jobs.py": "LIMIT = 1\n\n\ndef work(): pass\n",
    }, {
        ("app.py#TABLE", "app.py#run"), ("app.py#Cart.pay", "app.py#Cart.price"), ("app.py#Cart.pay", "jobs.py#work"),
        ("app.py#Cart.pay", "base.py#Base.shut"), ("app.py#Cart.price", "app.py#run"), ("app.py#Cart", "app.py#Cart.price"),
        ("app.py#later", "app.py#later.inner"), ("app.py#later", "app.py#Cart.pay"),
    }),
    "typescript": ({
        "app.tsx": (
            "import { load } from './base';\nimport * as base from './base';\nfunction run() {}\n"
            "export const table = { run, load: base.load };\n"
            "class Cart {\n  constructor(bus: any, close: any) { bus.use(this.pay.bind(this)); bus.use(close, this.size); }\n"
            "  pay() {}\n  close() {}\n}\n"
            "function given(load: any) { return [load, run]; }\nfunction View() { return <button onClick={run}>{load}</button>; }\n"
        ),
        "base.ts": "export function load() {}\n",
    }, {
        ("app.tsx#table", "app.tsx#run"), ("app.tsx#table", "base.ts#load"), ("app.tsx#Cart.constructor", "app.tsx#Cart.pay"),
        ("app.tsx#given", "app.tsx#run"), ("app.tsx#View", "app.tsx#run"), ("app.tsx#View", "base.ts#load"),
    }),
    "go": ({
        "go.mod": "module ex.com/p\n",
        "app.go": (
            'package a\n\nimport "ex.com/p/jobs"\n\ntype Cart struct{ size int }\n\nfunc (c *Cart) Pay() { defer add(c.Close, c.size) }\n\n'
            "func (c *Cart) Close() {}\n\nvar table = []func(){run, jobs.Work}\n\nfunc given(run func(), cart *Cart) func() {\n"
            "\tuse(run, cart.Pay)\n\treturn load\n}\n"
        ),
        "run.go": "package a\n\nfunc run() {}\n\nfunc load() {}\n", "jobs/jobs.go": "package jobs\n\nfunc Work() {}\n",
    }, {
        ("app.go#Cart.Pay", "app.go#Cart.Close"), ("app.go#table", "run.go#run"), ("app.go#table", "jobs/jobs.go#Work"),
        ("app.go#given", "app.go#Cart.Pay"), ("app.go#given", "run.go#load"),
    }),
    "rust": ({
        "src/lib.rs": (
            "mod jobs;\nuse jobs::work;\nstruct Cart;\nimpl Cart {\n    fn pay(x: i32) {}\n"
            "    fn all(xs: X) { xs.map(Self::pay).map(work).map(jobs::load).map(String::from) }\n}\n"
            "fn given(work: F) { spawn(work); let run = Cart::pay; spawn(run) }\n"
        ),
        "src/jobs.rs": "pub fn work() {}\npub fn load() {}\n",
    }, {
        ("src/lib.rs#Cart.all", "src/lib.rs#Cart.pay"), ("src/lib.rs#Cart.all", "src/jobs.rs#work"),
        ("src/lib.rs#Cart.all", "src/jobs.rs#load"), ("src/lib.rs#given", "src/lib.rs#Cart.pay"),
    }),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), GIVEN.values(), ids=GIVEN)
def test_functions_and_methods_are_used_where_they_are_given_as_values(files: dict[str, str], expected: set[tuple[str, str]]) -> None:
    assert {(edge.source, edge.target) for edge in all_edges(linked(files)) if edge.kind == "value"} == expected


TYPES_USED = {
    "python": ({
        "app.py": (
            "import shop\nfrom shop import Cart, Gone, Status\n\nTABLE = {Gone: 404}\n\n\nclass View:\n    model = Cart\n\n\n"
            "def raised(): raise Gone\n\n\ndef listed(): return Cart.objects.filter(paid=True)\n\n\n"
            "def asked(x): return isinstance(x, shop.Cart) or x == shop.Status.PAID\n\n\n"
            "def hidden(Cart): return Cart.objects, [Cart]\n\n\n"
            "def foreign(): return Decimal.ZERO\n"
        ),
        "shop.py": "class Cart: pass\n\n\nclass Gone(Exception): pass\n\n\nclass Status:\n    PAID = 1\n\n\nclass Decimal: pass\n",
    }, {
        ("app.py#TABLE", "shop.py#Gone"), ("app.py#View", "shop.py#Cart"), ("app.py#raised", "shop.py#Gone"),
        ("app.py#listed", "shop.py#Cart"), ("app.py#asked", "shop.py#Cart"), ("app.py#asked", "shop.py#Status"),
    }),
    "typescript": ({
        "app.ts": (
            "import { Cart, Status } from './shop';\nimport * as shop from './shop';\nexport const table = { cart: Cart };\n"
            "function paid(x: any) { return x === Status.Paid || x === shop.Status.Gone; }\n"
            "function kind(x: any) { switch (x) { case Status.Paid: return Date.now(); } }\n"
            "function hidden(Status: any) { return Status.Paid; }\n"
        ),
        "shop.ts": "export class Cart {}\nexport enum Status { Paid, Gone }\nexport class Date {}\n",
    }, {("app.ts#table", "shop.ts#Cart"), ("app.ts#paid", "shop.ts#Status"), ("app.ts#kind", "shop.ts#Status")}),
    "rust": ({
        "src/lib.rs": (
            "enum Status { Paid, Gone }\nfn paid() -> i32 { let x = Status::Paid; 1 }\n"
            "fn kind(x: i32) -> i32 { match x { Status::Gone => 1, _ => 2 } }\n"
        ),
    }, {("src/lib.rs#paid", "src/lib.rs#Status"), ("src/lib.rs#kind", "src/lib.rs#Status")}),
    "java": ({
        "shop/View.java": "package shop;\nclass View { boolean paid(Object x) { return x == Status.PAID; } }\n",
        "shop/Status.java": "package shop;\nenum Status { PAID }\n",
    }, {("shop/View.java#View.paid", "shop/Status.java#Status")}),
    "kotlin": ({
        "View.kt": "package shop\nfun paid(x: Int) = x == Status.PAID\n", "Status.kt": "package shop\nenum class Status { PAID }\n",
    }, {("View.kt#paid", "Status.kt#Status")}),
    "swift": ({"a.swift": "enum Status { case paid }\nfunc paid() { use(Status.paid) }\n"}, {("a.swift#paid", "a.swift#Status")}),
    "scala": ({"a.scala": "object Status { val Paid = 1 }\ndef paid() = Status.Paid\n"}, {("a.scala#paid", "a.scala#Status")}),
    "cpp": ({
        "a.cc": (
            "enum class Status { Paid };\nstruct Cart { static int count(); void pay(Status s = Status::Paid); };\n"
            "int Cart::count() { return 1; }\n"
            "bool paid(Status x) { return x == Status::Paid; }\nvoid kind(int x) { switch (x) { case Status::Paid: break; } }\n"
        ),
    }, {("a.cc#Cart.pay", "a.cc#Status"), ("a.cc#paid", "a.cc#Status"), ("a.cc#kind", "a.cc#Status")}),
    "dart": ({"a.dart": "enum Status { paid }\nvoid paid() { use(Status.paid); }\n"}, {("a.dart#paid", "a.dart#Status")}),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), TYPES_USED.values(), ids=TYPES_USED)
def test_types_are_used_where_they_are_given_as_values_and_where_something_is_taken_of_them(
    files: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    types = {"Cart", "Date", "Decimal", "Gone", "Status"}
    found = {(edge.source, edge.target) for edge in all_edges(linked(files)) if edge.kind in ("type", "value")}
    assert {(source, target) for source, target in found if target.partition("#")[2] in types} == expected


def test_what_is_called_with_a_receiver_as_an_argument_is_called_in_javascript() -> None:
    graph = linked({"cart.js": "function save() {}\nfunction pay(load) { save.call(this); load.apply(this); }\nfunction load() {}\n"})
    assert uses(graph) == {("cart.js#pay", "cart.js#save", "SAME_FILE")}


def test_a_constructor_is_called_by_who_refers_to_it_in_java() -> None:
    graph = linked(
        {"Cart.java": "class Cart { void all(List<String> xs) { xs.stream().map(Line::new); } }\nclass Line { Line(String of) {} }\n"}
    )
    assert ("Cart.java#Cart.all", "Cart.java#Line", "SAME_FILE") in uses(graph)


def test_a_parameter_hides_the_module_of_its_name() -> None:
    graph = linked({
        "go.mod": "module ex.com/p\n\ngo 1.22\n",
        "cart/cart.go": "package cart\n\ntype Cart struct{}\n\nfunc (c *Cart) Total() {}\n",
        "main.go": 'package main\n\nimport "ex.com/p/cart"\n\nfunc show(cart *cart.Cart) {\n\tcart.Total()\n}\n',
        "own.go": 'package main\n\nimport "ex.com/p/cart"\n\nfunc own() {\n\tcart := &cart.Cart{}\n\tcart.Total()\n}\n',
    })  # fmt: skip
    found = {(source, tier) for source, target, tier in uses(graph) if target == "cart/cart.go#Cart.Total"}
    assert found == {("main.go#show", "TYPED"), ("own.go#own", "TYPED")}


def test_go_imports_folders_and_shares_names_within_one() -> None:
    graph = linked({
        "cart/cart.go": "package cart\n\ntype Cart struct{}\n\nfunc New() *Cart { return round() }\n",
        "cart/round.go": (
            'package cart\n\nimport "fmt"\n\nfunc round() *Cart { fmt.Println(); return nil }\n\n'
            "func (c *Cart) Total() int { return c.price() }\n\nfunc (c *Cart) price() int { return 1 }\n"
        ),
        "fmt/print.go": "package fmt\n\nfunc Println() {}\n",
        "main.go": 'package main\n\nimport (\n\t"example.com/shop/cart"\n\t"fmt"\n)\n\nfunc main() { cart.New(); fmt.Println() }\n',
    })  # fmt: skip
    assert uses(graph) >= {
        ("main.go#main", "cart/cart.go#New", "IMPORT"),
        ("cart/cart.go#New", "cart/round.go#round", "IMPORT"),
        ("cart/round.go#Cart.Total", "cart/round.go#Cart.price", "TYPED"),
    }
    assert not graph.callers("fmt/print.go#Println")


def test_java_links_packages_imports_and_inherited_members() -> None:
    graph = linked({
        "src/shop/Cart.java": (
            "package shop;\nimport base.Base;\n"
            "class Cart extends Base { int total() { return name() + this.price() + Tax.rate(); } int price() { return 1; } }\n"
        ),
        "src/shop/Tax.java": "package shop;\nclass Tax { static int rate() { return 1; } }\n",
        "src/base/Base.java": "package base;\npublic class Base { int name() { return 1; } }\n",
        "src/base/List.java": "package base;\npublic class List { static void of() {} }\n",
        "src/app/Main.java": (
            "package app;\nimport shop.Cart;\nimport java.util.List;\n"
            "class Main { void main(Cart cart) { new Cart(); cart.total(); List.of(); } }\n"
        ),
    })  # fmt: skip
    found = uses(graph)
    assert found >= {
        ("src/shop/Cart.java#Cart", "src/base/Base.java#Base", "IMPORT"),
        ("src/shop/Cart.java#Cart.total", "src/base/Base.java#Base.name", "IMPORT"),
        ("src/shop/Cart.java#Cart.total", "src/shop/Cart.java#Cart.price", "SAME_FILE"),
        ("src/shop/Cart.java#Cart.total", "src/shop/Tax.java#Tax.rate", "IMPORT"),
        ("src/app/Main.java#Main.main", "src/shop/Cart.java#Cart", "IMPORT"),
        ("src/app/Main.java#Main.main", "src/shop/Cart.java#Cart.total", "TYPED"),
    }
    assert not graph.callers("src/base/List.java#List.of")


def test_rust_follows_crate_self_and_super() -> None:
    graph = linked({
        "src/lib.rs": "mod cart;\nmod tax;\nuse crate::cart::Cart;\npub fn run() { Cart::new(); tax::rate(); }\n",
        "src/cart.rs": (
            "use super::tax;\npub struct Cart;\n"
            "impl Cart { pub fn new() -> Cart { Self::price(); tax::rate(); Cart }\n fn price() {} }\n"
        ),
        "src/tax.rs": "pub fn rate() {}\n",
    })  # fmt: skip
    assert uses(graph) >= {
        ("src/lib.rs#run", "src/cart.rs#Cart.new", "IMPORT"),
        ("src/lib.rs#run", "src/tax.rs#rate", "IMPORT"),
        ("src/cart.rs#Cart.new", "src/cart.rs#Cart.price", "SAME_FILE"),
        ("src/cart.rs#Cart.new", "src/tax.rs#rate", "IMPORT"),
    }


def test_members_of_an_extension_are_those_of_its_type_and_its_name_means_that_type() -> None:
    graph = linked({
        "cart/Cart.swift": "class Cart {\n  func total() { self.taxed() }\n}\n",
        "cart/Cart+Tax.swift": "extension Cart {\n  func taxed() { self.total() }\n}\nextension URL {\n  func shown() {}\n}\n",
        "app/main.swift": "func main(cart: Cart, url: URL) {\n  cart.taxed()\n}\n",
    })  # fmt: skip
    assert uses(graph) >= {
        ("cart/Cart.swift#Cart.total", "cart/Cart+Tax.swift#Cart.taxed", "IMPORT"),
        ("cart/Cart+Tax.swift#Cart.taxed", "cart/Cart.swift#Cart.total", "IMPORT"),
        ("app/main.swift#main", "cart/Cart+Tax.swift#Cart.taxed", "TYPED"),
        ("app/main.swift#main", "cart/Cart.swift#Cart", "UNIQUE"),
    }
    assert not [edge for edge in all_edges(graph) if edge.target.endswith("#URL")]


def test_elixir_calls_modules_by_their_whole_names_by_aliases_of_these_or_in_each_other() -> None:
    graph = linked({
        "lib/shop/cart.ex": "defmodule Shop.Cart do\n  def total(x), do: x\nend\n",
        "lib/shop/money/all.ex": "defmodule Shop.Money.Euro do\n  def round(x), do: x\nend\n",
        "lib/shop/money.ex": "defmodule Shop.Money do\n  @callback tax(any) :: any\nend\n",
        "lib/shop/supervisor.ex": "defmodule Shop.Supervisor do\n  def start_link(x), do: Supervisor.start_link(x, [])\nend\n",
        "lib/till/tax.ex": "defmodule Till.Tax do\n  def of(x), do: x\nend\n",
        "lib/shop/tax.ex": "defmodule Shop.Tax do\n  def of(x), do: x\nend\n",
        "lib/shop.ex": (
            "defmodule Shop do\n  alias Shop.Money\n  alias Shop.{Cart, Tax}\n  use Cart, :cents\n  use Supervisor\n"
            "  @behaviour Shop.Money\n"
            "  defmodule Inner do\n    def go(x), do: x\n  end\n"
            "  def whole(x), do: Shop.Cart.total(x)\n  def beginning(x), do: Money.Euro.round(x)\n  def inner(x), do: Inner.go(x)\n"
            "  def library(x), do: Supervisor.start_link(x)\n  def other(x), do: Other.Cart.total(x)\n  def tax(x), do: Tax.of(x)\nend\n"
        ),
    })  # fmt: skip
    assert uses(graph) == {
        ("lib/shop.ex#Shop", "lib/shop/money.ex#Shop.Money", "IMPORT"),
        ("lib/shop.ex#Shop", "lib/shop/cart.ex#Shop.Cart", "IMPORT"),
        ("lib/shop.ex#Shop.whole", "lib/shop/cart.ex#Shop.Cart.total", "IMPORT"),
        ("lib/shop.ex#Shop.beginning", "lib/shop/money/all.ex#Shop.Money.Euro.round", "IMPORT"),
        ("lib/shop.ex#Shop.inner", "lib/shop.ex#Shop.Inner.go", "SAME_FILE"),
        ("lib/shop.ex#Shop.tax", "lib/shop/tax.ex#Shop.Tax.of", "IMPORT"),
    }


def test_c_sees_what_it_includes() -> None:
    graph = linked({
        "src/main.c": '#include "cart.h"\n#include <stdio.h>\nint main(void) { cart_total(); return add_tax(1); }\n',
        "src/cart.h": "static inline int add_tax(int x) { return x; }\n",
        "src/cart.c": '#include "cart.h"\nint cart_total(void) { return add_tax(2); }\n',
        "other/cart.h": "static inline int add_tax(int x) { return 0; }\n",
    })  # fmt: skip
    assert uses(graph) >= {
        ("src/main.c#main", "src/cart.h#add_tax", "IMPORT"),
        ("src/main.c#main", "src/cart.c#cart_total", "UNIQUE"),
        ("src/cart.c#cart_total", "src/cart.h#add_tax", "IMPORT"),
    }
    assert not graph.callers("other/cart.h#add_tax")


PORT = {
    "port.h": "int moor(int);\nint toll(int);\nclass Pier { public: int load(int); int tare() { return 1; } };\n",
    "src/moor.c": '#include "port.h"\nstatic int rate(int);\nint moor(int x) { return rate(x); }\nstatic int rate(int x) { return x; }\n',
    "src/pier.cc": '#include "port.h"\nint Pier::load(int x) { return tare(); }\n',
    "main.cc": '#include "port.h"\nint run(Pier* pier) { moor(1); toll(2); return pier->load(3); }\n',
}


def test_c_calls_lead_past_prototypes_and_declared_methods_to_the_functions() -> None:
    assert uses(linked(PORT)) >= {
        ("main.cc#run", "src/moor.c#moor", "IMPORT"),
        ("src/moor.c#moor", "src/moor.c#rate~2", "SAME_FILE"),
        ("main.cc#run", "src/pier.cc#Pier.load", "TYPED"),
        ("main.cc#run", "port.h#toll", "IMPORT"),
    }


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"src/toll.c": "int toll(int x) { return x; }\n"}, {("src/toll.c#toll", "UNIQUE")}),
        (
            dict.fromkeys(("unix/toll.c", "win/toll.c"), '#include "port.h"\nint toll(int x) { return x; }\n'),
            {("port.h#toll", "IMPORT"), ("unix/toll.c#toll", "AMBIGUOUS"), ("win/toll.c#toll", "AMBIGUOUS")},
        ),
        (
            {"toll.c": '#include "port.h"\nint toll(int x) { return x; }\n', "other.c": "static int toll(void) { return 1; }\n"},
            {("toll.c#toll", "IMPORT")},
        ),
        (
            dict.fromkeys(("toll.c", "tests/fakes.c"), '#include "port.h"\nint toll(int x) { return x; }\n'),
            {("toll.c#toll", "IMPORT")},
        ),
    ],
    ids=["known by its name alone", "one for each platform", "of those that include the header", "of those outside of tests"],
)
def test_which_function_a_prototype_announces(files: dict[str, str], found: set[tuple[str, str]]) -> None:
    graph = linked(PORT | files)
    assert {(target, tier) for source, target, tier in uses(graph) if source == "main.cc#run" and "toll" in target} == found


CALLBACKS = {
    "popup.h": "void free_cb(void *);\ntypedef struct { void (*free)(void *); int size; } popup_cb;\n",
    "free.c": '#include "popup.h"\nvoid free_cb(void *data) { }\n',
    "popup.c": (
        '#include "popup.h"\nstatic void close_cb(void *);\nstatic int size;\nint width(void);\n'
        "static const popup_cb table[] = { { free_cb, size }, { .free = close_cb } };\n"
        "void show(int width) { add(width, &close_cb); }\n"
        "void hide(popup_cb *one) { one->free = free_cb; add(one, MOST); }\n"
        "static void close_cb(void *data) { }\n"
    ),
    "width.c": "int width(void) { return 1; }\nint MOST(void) { return 2; }\nint one(void) { return 3; }\n",
    "far.c": "void far(void) { add(close_all_cb, size, width); }\n",
    "close.c": "void close_all_cb(void) { }\n",
}


def test_functions_of_c_are_used_as_values_where_no_variable_has_their_name() -> None:
    values = {(edge.source, edge.target, edge.tier.name) for edge in all_edges(linked(CALLBACKS)) if edge.kind == "value"}
    assert values == {
        ("popup.c#table", "free.c#free_cb", "IMPORT"), ("popup.c#table", "popup.c#close_cb~2", "SAME_FILE"),
        ("popup.c#show", "popup.c#close_cb~2", "SAME_FILE"), ("popup.c#hide", "free.c#free_cb", "IMPORT"),
        ("far.c#far", "close.c#close_all_cb", "UNIQUE"),
    }  # fmt: skip


def test_cpp_takes_members_as_values_by_their_type_alone() -> None:
    graph = linked({
        "cart.hpp": "class Cart { public: void clear() { size = 0; run(&Cart::clear, total_price); } int size; };\n",
        "price.cc": "int total_price() { return 1; }\n",
    })  # fmt: skip
    assert not graph.callers("price.cc#total_price")
    other = linked({
        "cart.hpp": "class Cart { public: void clear() { } };\n",
        "run.cc": '#include "cart.hpp"\nvoid run() { add(&Cart::clear, clear); }\n',
    })  # fmt: skip
    assert uses(other) == {("run.cc#run", "cart.hpp#Cart.clear", "IMPORT")}


def test_a_name_that_prototypes_and_one_function_have_is_that_of_the_function() -> None:
    graph = linked({
        "one.h": "int moor(int);\n", "two.h": "int moor(int);\n", "moor.c": "int moor(int x) { return x; }\n",
        "main.c": "int main(void) { return moor(1); }\n",
    })  # fmt: skip
    assert uses(graph) == {("main.c#main", "moor.c#moor", "UNIQUE")}


def test_names_do_not_cross_language_families() -> None:
    graph = linked({"a.c": "int main(void) { return helper(); }\n", "b.rb": "def helper\nend\n"})
    assert not uses(graph)


METHOD = "class D:\n    def {}(self):\n        pass\n"


@pytest.mark.parametrize(
    "sources",
    [
        {"a.py": "from numpy import dot\n\n\ndef f():\n    dot()\n", "b.py": "def dot():\n    pass\n"},
        {"a.py": "import numpy\n\n\ndef f():\n    numpy.dot()\n", "b/__init__.py": "", "b/numpy.py": "def dot():\n    pass\n"},
        {"a.py": "def f(callback):\n    callback()\n", "b.py": "def callback():\n    pass\n"},
        {"a.py": "def f():\n    get()\n", "b.py": "class C:\n    def get(self):\n        pass\n"},
        {"a.py": "def f(x):\n    x.run_it()\n", "b.py": "def run_it():\n    pass\n"},
        {"a.py": "from b import C\n\n\ndef f():\n    C.missing()\n", "b.py": "class C: ...\n", "c.py": METHOD.format("missing")},
        {"a.py": "from b import missing\n\n\ndef f():\n    missing()\n", "b.py": "", "c.py": "def missing():\n    pass\n"},
        {"a.py": "import unittest as u\n\n\nclass T(u.TestCase):\n    def f(self):\n        self.test()\n", "b.py": METHOD.format("test")},
        {"a.ts": "import { f } from 'react';\nexport function g() { f(); }\n", "react.ts": "export function f() {}\n"},
        {"a.py": "def f():\n    helper()\n", "b.py": "def g():\n    def helper():\n        pass\n"},
    ],
    ids=["external name", "external module", "parameter", "bare name of a method", "receiver of a function", "class without the member",
         "name the module lacks", "inherited from outside", "package of that name", "local of another function"],
)  # fmt: skip
def test_what_the_source_does_not_say_is_not_linked(sources: dict[str, str]) -> None:
    assert not uses(linked(sources))


def test_the_only_definition_of_an_uncommon_method_is_linked_as_unique_where_the_file_knows_its_type() -> None:
    types = "class C:\n    def recalculate(self):\n        pass\n"
    graph = linked({"a.py": "from b import C\n\n\ndef f(x):\n    x.recalculate()\n", "b.py": types})
    assert ("a.py#f", "b.py#C.recalculate", "UNIQUE") in uses(graph)
    assert not uses(linked({"a.py": "def f(x):\n    x.recalculate()\n", "b.py": types}))  # nothing ties the two files together
    for name, tier in (("recalculateSums", "UNIQUE"), ("recalculate", "AMBIGUOUS")):  # a language in which nothing else would tie them
        php = linked({"a.php": f"<?php function f($x) {{ $x->{name}(); }}", "b.php": f"<?php class C {{ function {name}() {{}} }}"})
        assert uses(php) == {("a.php#f", f"b.php#C.{name}", tier)}


def test_a_method_that_builtin_containers_have_is_no_edge_unless_more_speaks_for_it() -> None:
    types = "class Cart:\n    def append(self):\n        pass\n\n    def total(self):\n        pass\n"
    assert linked({"a.py": "def f(x):\n    x.append(1)\n", "b.py": types}).callees("a.py#f") == ()
    graph = linked({"a.py": "from b import Cart\n\n\ndef f(old_cart):\n    old_cart.append(1)\n    old_cart.total()\n", "b.py": types})
    (edge,) = (edge for edge in graph.callees("a.py#f") if edge.target == "b.py#Cart.append")
    assert edge.tier is Tier.AMBIGUOUS
    assert 0.5 < edge.weight < 1


@pytest.mark.parametrize(
    ("caller", "definer"),
    [
        ("a.rb: def f(x)\n  x.include?(1)\nend\n", "b.rb: class HeaderHash\n  def include?(key)\n  end\nend\n"),
        ("a.rs: fn f() { let x = g(); x.unwrap_or_else(h); }\n", "b.rs: pub struct S;\nimpl S { pub fn unwrap_or_else(&self) {} }\n"),
        ("a.java: class A { void f() { x.y.startsWith(1); } }\n", "b.java: class B { void startsWith(int x) {} }\n"),
    ],
)
def test_the_only_definition_of_what_libraries_have_is_no_edge(caller: str, definer: str) -> None:
    sources = dict(text.split(": ", 1) for text in (caller, definer))
    assert not uses(linked(sources))
    other = {path: text.replace("include?", "tally_up").replace("unwrap_or_else", "tally_up").replace("startsWith", "tallyUp")
             for path, text in sources.items()}  # fmt: skip
    assert {tier for _, _, tier in uses(linked(other))} == {"UNIQUE"}


def test_the_only_definition_of_a_name_is_not_certain_where_something_speaks_against_it() -> None:
    def tiers(called: str, home: str) -> set[str]:
        sources = {
            "a.rs": f"fn f() {{ let x = g(); x.tally_up(); {called} }}\n",
            home: "pub struct S;\nimpl S { pub fn tally_up(&self) {} }\n",
        }
        return {tier for _, target, tier in uses(linked(sources)) if target.endswith("tally_up")}

    assert tiers("", "b.rs") == {"UNIQUE"}
    assert tiers("x.of_another_type();", "b.rs") <= {"AMBIGUOUS"}
    assert tiers("", "tests/b.rs") <= {"AMBIGUOUS"}


def test_a_receiver_called_like_the_type_decides() -> None:
    graph = linked({
        "a.py": "def f(cart):\n    cart.sum_up()\n",
        "b.py": "class Cart:\n    def sum_up(self):\n        pass\n\n\nclass Order:\n    def sum_up(self):\n        pass\n",
    })  # fmt: skip
    assert uses(graph) == {("a.py#f", "b.py#Cart.sum_up", "UNIQUE")}


def test_candidates_are_ranked_by_what_speaks_for_them_and_without_anything_there_is_no_edge() -> None:
    def project(head: str, receiver: str) -> Graph:
        types = "".join(f"class {name}:\n    def sum_up(self):\n        pass\n\n    def {name.lower()}s(self):\n        pass\n\n\n"
                        for name in ("Cart", "Order", "Offer"))  # fmt: skip
        called = f"{head}def f({receiver}):\n    {receiver}.sum_up()\n"
        return linked({"a.py": called, "b.py": types, "c.py": "class Cart:\n    def sum_up(self):\n        pass\n"})

    def best(graph: Graph) -> list[str]:
        return [edge.target for edge in sorted(graph.callees("a.py#f"), key=lambda edge: -edge.weight) if edge.tier is Tier.AMBIGUOUS]

    assert best(project("", "x")) == []
    assert project("", "x").counts.ambiguous == 1
    assert best(project("from b import Order\n\n\n", "x"))[:1] == ["b.py#Order.sum_up"]
    assert best(project("from c import Cart\n\n\n", "cart"))[:1] == ["c.py#Cart.sum_up"]
    beside = "import b\n\n\ndef g(x):\n    x.offers()\n\n\n"
    assert best(project(beside, "x"))[:1] == ["b.py#Offer.sum_up"]
    for graph in (project("from b import Order\n\n\n", "x"), project(beside, "x")):
        assert sum(edge.weight for edge in graph.callees("a.py#f") if edge.tier is Tier.AMBIGUOUS) <= 1


def test_what_a_mixin_calls_on_itself_is_found_below_it() -> None:
    graph = linked({
        "a.py": "class Mixin:\n    def show(self):\n        self.objects()\n",
        "b.py": "from a import Mixin\n\n\nclass View(Mixin):\n    def objects(self):\n        pass\n",
        "c.py": "class Other:\n    def objects(self):\n        pass\n",
    })  # fmt: skip
    assert ("a.py#Mixin.show", "b.py#View.objects", "UNIQUE") in uses(graph)
    assert not graph.callers("c.py#Other.objects")


def test_edges_are_asked_by_node_and_sorted_by_evidence() -> None:
    graph = linked(SHOP)
    assert [edge.target for edge in graph.bases("shop/cart.py#Cart")] == ["shop/base.py#Base"]
    assert [edge.source for edge in graph.subclasses("shop/base.py#Base")] == ["shop/cart.py#Cart"]
    assert [edge.tier for edge in graph.callees("shop/cart.py#Cart.total")] == [Tier.SAME_FILE, Tier.IMPORT, Tier.IMPORT]
    assert graph.callers("shop/cart.py#helper") == (
        Edge("shop/cart.py#Cart.price", "shop/cart.py#helper", "call", Tier.SAME_FILE, 10, 1.0),
    )  # fmt: skip
    assert graph.callers("nowhere.py#f") == graph.callees("nowhere.py") == graph.importers("nowhere.py") == ()


def test_uses_are_asked_by_name_or_by_what_they_are_linked_to() -> None:
    graph = linked(SHOP)
    price = Use("price", "self", "Cart.total", 7, ("shop/cart.py#Cart.price",), True, False)
    assert graph.uses("shop/cart.py", "call", "price", "") == (price,)
    assert graph.uses("shop/cart.py", "call", "unheard_of", "shop/cart.py#Cart.price") == (price,)
    (basket,) = graph.uses("app.py", "call", "Cart", "shop/cart.py#Cart")
    assert (basket.name, basket.scope, basket.targets) == ("Basket", "main", ("shop/cart.py#Cart",))
    assert graph.uses("shop/cart.py", "inherit", "price", "") == graph.uses("nowhere.py", "call", "price", "") == ()


def test_a_use_says_whether_it_is_a_guess_and_whether_something_outside_is_meant() -> None:
    graph = linked({
        "a.py": "import os\nfrom b import B, C\n\n\ndef f(x):\n    os.getcwd()\n    x.sum_up()\n",
        "b.py": "class B:\n    def sum_up(self):\n        pass\n\n\nclass C(B):\n    def sum_up(self):\n        pass\n",
    })  # fmt: skip
    assert graph.uses("a.py", "call", "getcwd", "") == (Use("getcwd", "os", "f", 6, (), False, True),)
    assert graph.uses("a.py", "call", "sum_up", "") == (Use("sum_up", "x", "f", 7, ("b.py#B.sum_up",), False, False),)


def test_import_statements_are_told_as_they_are_written() -> None:
    graph = linked({**SHOP, "other.py": "import json\nfrom shop import Basket as B\n"})
    assert graph.import_statements("other.py") == (
        ImportStatement("json", "", 1, True),
        ImportStatement("shop", "Basket", 2, False, "B"),
    )  # fmt: skip
    assert graph.import_statements("nowhere.py") == ()


def test_counts_say_what_became_of_every_reference() -> None:
    sources = {"a.py": "import os\n\n\ndef f(x):\n    os.getcwd()\n    g()\n    x.unheard_of()\n\n\ndef g():\n    pass\n"}
    counts = linked(sources).counts
    assert counts == (1, 2, 0, 1)


def test_the_walk_reaches_neighbours_before_strangers() -> None:
    graph = linked({**SHOP, "far.py": "def away():\n    pass\n"})
    near = pagerank(graph, {"shop/cart.py#Cart.total": 1.0})
    assert next(iter(near)) == "shop/cart.py#Cart.total"
    assert near["shop/cart.py#Cart.price"] > near["app.py#main"]
    assert "far.py#away" not in near
    assert sum(near.values()) == pytest.approx(1.0)


def test_the_best_of_neighbours_is_taken_among_the_nodes_that_are_given() -> None:
    graph = linked({**SHOP, "far.py": "def away():\n    pass\n"})
    total, price, main, away = (
        graph.nodes([id_])[0] for id_ in ("shop/cart.py#Cart.total", "shop/cart.py#Cart.price", "app.py#main", "far.py#away")
    )
    nodes = np.array([away, price, -1, total])  # in any order, with what is no node
    scores = np.array([[1.0, 2.0, 3.0, 4.0], [8.0, 7.0, 6.0, 5.0]])
    assert graph.neighbours(nodes).best(scores).tolist() == [[0.0, 4.0, 0.0, 2.0], [0.0, 5.0, 0.0, 7.0]]
    assert graph.neighbours(np.array([price, main])).best(np.ones(2)).tolist() == [0.0, 0.0]
    assert graph.neighbours(np.array([-1])).best(np.ones(1)).tolist() == [0.0]


def pagerank(graph: Graph, seeds: dict[str, float]) -> dict[str, float]:
    """Return the personalised PageRank of the nodes that a walk from the seeds reaches, highest first."""
    start = np.zeros(graph.facts.nodes + 1)  # the last is that of ids without a node
    start[graph.nodes(list(seeds))] = list(seeds.values())
    scores = centrality.near(graph.walk, start[:-1])
    best = np.argsort(-np.round(scores, 12), kind="stable")[: np.count_nonzero(scores)]
    return dict(zip(graph.ids(best), scores[best].tolist(), strict=True))


def nearby(graph: Graph, seeds: dict[str, float], limit: int) -> dict[str, float]:
    near = graph.nearby(seeds, limit)
    return dict(zip(graph.ids(near.nodes), near.scores.tolist(), strict=True))


def test_what_is_nearby_is_the_walk_from_below() -> None:
    graph = linked({**SHOP, "far.py": "def away():\n    pass\n"})
    seeds = {"shop/cart.py#Cart.total": 2.0, "app.py#main": 1.0, "no.py#thing": 5.0}
    near, whole = nearby(graph, seeds, 100), pagerank(graph, seeds)
    assert near.keys() <= whole.keys()
    assert len(near) > len(seeds)
    assert all(score <= whole[id_] + 1e-6 for id_, score in near.items())
    assert list(near)[:2] == list(whole)[:2] == list(seeds)[:2]
    assert sum(near.values()) > 0.9
    assert list(nearby(graph, seeds, 3)) == list(near)[:3]
    scores = graph.nearby(seeds, 100).scores_of(graph.nodes([*near, "far.py#away", "no.py#thing"]))
    assert scores.tolist() == [*near.values(), 0.0, 0.0]


def test_ranking_is_defined_on_empty_and_isolated_graphs() -> None:
    assert pagerank(linked({}), {"a.py": 1.0}) == nearby(linked({}), {"a.py": 1.0}, 5) == {}
    assert list(nearby(linked({"a.py": "pass\n"}), {"a.py": 1.0}, 5)) == ["a.py"]
    assert linked({}).central(5) == {}
    alone = linked({"a.py": "x = 1\n"})
    assert pagerank(alone, {}) == {}
    assert sum(pagerank(alone, {"a.py": 2.0}).values()) == pytest.approx(1.0)


def test_what_most_rests_on_is_central() -> None:
    files = {f"m{number}.py": "from core import run\n\n\ndef f():\n    run()\n" for number in range(5)}
    assert set(linked({**files, "core.py": "def run():\n    pass\n"}).central(2)) == {"core.py", "core.py#run"}


WITHOUT_DEFINITIONS = {
    "run.py": "import os\nfrom .x import y\nself.f()\nsuper().g()\nos.path.join(y)\nf()\n",
    "a.js": "import x from './b'\nthis.f(); x.y(); g()\n",
    "a.go": 'package main\n\nimport "fmt"\n',
    "A.java": "import a.b.C;\n",
    "a.rb": "require 'b'\nself.f\nputs g(1)\nB.c\n",
    "a.sh": "f x\n",
    "a.php": "<?php use A\\B; $this->f(); parent::g(); B::c(); h();\n",
    "a.c": '#include "b.h"\n',
    "a.rs": "use crate::b::c;\n",
    "a.lua": "local x = require('b')\nself.f()\nx.y()\n",
    "a.swift": "import B\nself.f()\nsuper.g()\nh()\n",
    "a.kts": "this.f()\nsuper.g()\nh()\n",
}


def test_files_that_define_nothing_are_linked() -> None:
    for sources in (WITHOUT_DEFINITIONS, *({path: source} for path, source in WITHOUT_DEFINITIONS.items())):
        graph = linked(sources)
        graph.prepare()
        assert not any(edge.tier == Tier.SAME_FILE for edge in all_edges(graph))


def test_files_and_folders_fold_into_directed_graphs() -> None:
    graph = linked(SHOP)
    assert nx.has_path(graph.files_graph(), "app.py", "shop/base.py")
    assert set(graph.folders_graph().edges) == {("", "shop")}


def told(columns: LinkColumns) -> list[list[tuple[str, ...]]]:
    """Return the symbols and the references of a store's columns, as texts."""
    found = []
    for files, texts in ((columns.symbol_file, columns.symbol_texts), (columns.reference_file, columns.reference_texts)):
        values = [[known[code] for code in codes] for codes, known in texts]
        found.append(sorted(zip((columns.paths[number] for number in files), *values, strict=True), key=lambda one: one[0]))
    return found


def test_the_order_in_which_a_store_gives_rows_does_not_matter_even_within_one_line(root: Path, tmp_path: Path) -> None:
    write(root, {"one.js": "class A { b() { c(); d() } e() { d(); b() } } function d() { e() }\n", "cr.py": "def f(): g()\rdef g(): f()\r"})
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        rows = memory.view().store.table(LINK_COLUMNS).combine_chunks()
    backwards = link_columns(rows.take(list(range(len(rows)))[::-1]))
    assert told(backwards) == told(link_columns(rows))
    assert [name for path, name, _ in told(backwards)[0] if path in ("one.js", "cr.py")] == ["f", "g", "A", "A.b", "A.e", "d"]


def test_editing_a_body_links_only_that_file_again() -> None:
    graph = linked(SHOP)
    edited = SHOP["shop/cart.py"].replace("return helper()", "return helper() or tools.tax()")
    patched = graph.patched([], FactColumns.of(facts_of({"shop/cart.py": edited})))
    assert patched.relinked == ("shop/cart.py",)
    assert ("shop/cart.py#Cart.price", "shop/tools.py#tax", "IMPORT") in uses(patched)


def test_an_earlier_graph_is_freed_at_once() -> None:
    graph, renamed = linked(SHOP), SHOP["shop/base.py"].replace("name", "label")
    gc.disable()  # a cycle of references would keep it until the collector comes by, which may take minutes
    try:
        earlier = weakref.ref(graph.facts), weakref.ref(graph.tables)
        graph = graph.patched([], FactColumns.of(facts_of({"shop/base.py": renamed})))
        assert [one() for one in earlier] == [None, None]
    finally:
        gc.enable()


def test_renaming_a_definition_links_only_files_that_say_its_name() -> None:
    patched = linked(SHOP).patched([], FactColumns.of(facts_of({"shop/base.py": SHOP["shop/base.py"].replace("name", "label")})))
    assert set(patched.relinked) == {"shop/base.py", "shop/cart.py"}


def test_a_file_that_was_never_linked_may_be_removed_with_others() -> None:
    added = {"shop/new.py": "from shop.base import Base\n"}
    patched = linked(SHOP).patched(["logo.png"], FactColumns.of(facts_of(added)))
    assert state(patched) == state(linked({**SHOP, **added}))


def test_what_is_called_on_a_receiver_speaks_for_its_type_whatever_was_read_before() -> None:
    calls = ["sum_up", *(f"part_{letter}" for letter in "abcdefghijkl")]
    file = {
        "b.py": "import c\n\n\ndef f(x):\n" + "".join(f"    x.{name}()\n" for name in calls),
        "c.py": "".join(
            f"class {name}:\n" + "".join(f"    def {part}(self):\n        pass\n\n" for part in parts)
            for name, parts in (("Cart", calls[:8]), ("Order", calls[:1]))
        ),
    }
    before = {"a.py": "".join(f"def {name}():\n    pass\n\n" for name in reversed(calls))}
    assert all_edges(linked(before | file).patched(["a.py"], FactColumns.of({}))) == all_edges(linked(file))


def test_the_order_of_files_does_not_matter() -> None:
    facts = facts_of(SHOP)
    shuffled = list(facts)
    random.Random(1).shuffle(shuffled)
    assert state(Graph.link(FactColumns.of(facts))) == state(Graph.link(FactColumns.of({path: facts[path] for path in shuffled})))


def state(graph: Graph) -> tuple[object, ...]:
    return graph.facts.paths, all_edges(graph), graph.codes.tolist(), graph.counts


NAMES = st.sampled_from(["f", "g", "C", "D", "c", "d", "get"])
MODULES = st.sampled_from(["a", "pkg", "pkg.c", ".", ".c", "..", ".d", "x.a", "os", "numpy"])
PYTHON_LINES = st.one_of(
    st.builds("from {} import {}".format, MODULES, NAMES),
    st.builds("from {} import {} as {}".format, MODULES, NAMES, NAMES),
    st.builds("from {} import *".format, MODULES),
    st.builds("import {}".format, MODULES.filter(lambda module: module[0] != ".")),
    st.builds("def {}():\n  {}()\n  {}.{}()\n  pkg.c.{}()".format, NAMES, NAMES, NAMES, NAMES, NAMES),
    st.builds("def {}(x: {}, d) -> {}:\n  c = {}({})\n  c.{}()\n  x.{}.{}()\n  d.{}().{}(1).{}()\n  return c".format, *[NAMES] * 11),
    st.builds("class {}({}):\n  def __init__(self, g: {}):\n    self.{} = {}()\n    self.{} = g\n    self.{}.{}()".format, *[NAMES] * 8),
    st.builds("{} = {}()\n{}.{}()\n{}: {} = f()".format, *[NAMES] * 6),
    st.builds("def {}({}, *, {}={}()):\n  for {} in x: {}()\n  return {}.{}(), {}()".format, *[NAMES] * 9),
    st.builds(
        "class {}({}):\n  def {}(self, d: {}):\n    self.{} = c({}, {}.{}, d.{})\n    return [self.{}]\n  {} = {}".format, *[NAMES] * 12
    ),
    st.builds("def {}():\n  {} = {}().{}\n  return {}.{}()".format, *[NAMES] * 6),
    st.builds("class {}:\n  def __call__(self):\n    return {}()\n  {} = {}()\n{}()().{}()".format, *[NAMES] * 6),
    st.builds("class {}({}):\n  def {}(self):\n    self.{}()\n    super().{}()\n    x.{}()\n    {}.{}.{}()".format, *[NAMES] * 9),
)
FRAMEWORK_LINES = st.one_of(
    PYTHON_LINES,
    st.builds("import pytest\n@pytest.fixture\ndef {}({}): pass".format, NAMES, NAMES),
    st.builds("import pytest\n@pytest.fixture(name='{}')\ndef {}({}): pass".format, NAMES, NAMES, NAMES),
    st.builds("def test_{}({}, {}): pass".format, NAMES, NAMES, NAMES),
    st.builds("import flask\n@app.route('/{}')\ndef {}(): pass\napp.add_url_rule('/', view_func={}.{})".format, *[NAMES] * 4),
)
DESCRIBED = st.builds("  /{}:\n    get:\n      operationId: {}".format, NAMES, st.sampled_from(["f", "g", "c", "C", "D"]))
PACKAGES = st.builds(
    '{{"name": "{}", "version": "1", "main": "{}", "imports": {{}}, "compilerOptions": {{"paths": {{"@/*": ["{}/*"]}}}}}}'.format,
    st.sampled_from(["p", "react"]), st.sampled_from(["dist/v.js", "u.js"]), st.sampled_from([".", "lib"]),
)  # fmt: skip
JOBS = st.builds("  {}:\n    needs: {}\n    uses: ./.github/workflows/{}.yml".format, NAMES, NAMES, NAMES)
TYPESCRIPT_LINES = st.one_of(
    st.builds("import {{ {} }} from '{}';".format, NAMES, st.sampled_from(["./u", "./lib", "../u", "./v", "react", "p", "p/v", "@/u"])),
    st.builds("export * from '{}';".format, st.sampled_from(["./u", "./lib", "./v", "."])),
    st.builds("export function {}() {{ {}(); {}.{}(); }}".format, NAMES, NAMES, NAMES, NAMES),
    st.builds("export class {} extends {} {{ {}() {{ this.{}(); {}(); }} }}".format, *[NAMES] * 5),
    st.builds("export function {}({}: {}) {{ const {} = {}(); {}.{}().{}(); return new {}(); }}".format, *[NAMES] * 9),
)
GO_LINES = st.one_of(
    st.builds('import "{}"'.format, st.sampled_from(["ex.com/p/cart", "ex.com/p/order", "fmt", "ex.com/p"])),
    st.builds("type {} struct {{ {} }}".format, NAMES, NAMES),
    st.builds("func (c *{}) {}() {{ c.{}(); {}(); cart.{}() }}".format, *[NAMES] * 5),
    st.builds("func {}() {{ {}(); cart.{}() }}".format, *[NAMES] * 3),
)
SWIFT_LINES = st.one_of(
    st.builds("class {}: {} {{ func {}() {{ self.{}(); {}() }} }}".format, *[NAMES] * 5),
    st.builds("extension {} {{ func {}() {{ self.{}(); {}(); x.{}() }} }}".format, *[NAMES] * 5),
    st.builds("func {}(x: {}) {{ x.{}(); {}() }}".format, *[NAMES] * 4),
)

RUBY_LINES = st.one_of(
    st.builds("module {}\n  class {} < {}\n    def {}\n      {}.{}\n      {}\n    end\n  end\nend".format, *[NAMES] * 7),
    st.builds("class {}::{}\n  def self.{}\n    {}::{}.{}\n  end\nend".format, *[NAMES] * 6),
    st.builds("module {}\n  def self.{}\n    {}.{}\n  end\nend".format, *[NAMES] * 4),
)
CPP_LINES = st.one_of(
    st.builds('#include "{}.h"'.format, NAMES),
    st.builds("namespace {} {{ class {} : public {} {{ {}* {}; {} {}() {{ {}->{}(); }} }}; }}".format, *[NAMES] * 9),
    st.builds("void {}({}::{}* x) {{ x->{}(); auto y = {}(); y.{}().{}(); {}::{}(); }}".format, *[NAMES] * 9),
    st.builds("struct {} {{ int {}(); }};\nint {}(int);\nint {}::{}() {{ return {}(); }}".format, *[NAMES] * 6),
    st.builds("int {}(int {}) {{ return {}({}, &{}::{}); }}\nstruct {} {} = {{ {}, .{} = {} }};".format, *[NAMES] * 11),
    st.builds("namespace {} {{ int {}(); }}\nint {}() {{ return {}(); }}\nint {}(int);".format, *[NAMES] * 5),
)
CSHARP_LINES = st.builds(
    "partial class {} : {} {{ {} d; {} {}({} x) {{ x.{}(); Foo.{}(); Dad.{}(); this.d.{}(); }} }}".format, *[NAMES] * 10
)
KOTLIN_LINES = st.one_of(
    st.builds("import {}.{}".format, st.sampled_from(["c", "d"]), NAMES),
    st.builds("fun {}.{}(x: {}) {{ x.{}() }}".format, *[NAMES] * 4),
    st.builds("class {} : {}() {{ fun {}() {{ {}.{}() }} }}".format, *[NAMES] * 5),
)
ELIXIR_LINES = st.one_of(
    st.builds("defmodule {}.{} do\n  alias {}.{}\n  def {}(x), do: {}.{}.{}(x)\n  defmodule {} do\n  end\nend".format, *[NAMES] * 9),
    st.builds(
        "defmodule {} do\n  alias {}, as: {}\n  alias {}.{{{}, {}}}\n  use {}\n  @behaviour {}.{}\n  def {}(x), do: {}.{}(x)\nend".format,
        *[NAMES] * 12,
    ),
)


def sources_of(paths: list[str], lines: st.SearchStrategy[str], first: str = "") -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.sampled_from(paths), st.lists(lines, max_size=4).map(lambda found: "\n".join([first, *found])))


FILES = st.one_of(
    sources_of(["a.py", "pkg/__init__.py", "pkg/c.py", "pkg/d.py", "x/a.py", "numpy.py"], PYTHON_LINES),
    sources_of(["a.py", "conftest.py", "pkg/conftest.py", "pkg/c.py", "pkg/x/d.py"], FRAMEWORK_LINES),
    sources_of(["u.ts", "lib/index.ts", "lib/v.ts", "v.js"], TYPESCRIPT_LINES),
    st.tuples(st.sampled_from(["package.json", "lib/package.json", "tsconfig.json"]), PACKAGES),
    st.tuples(st.sampled_from(["go.mod", "cart/go.mod"]), st.sampled_from(["module ex.com/p\ngo 1.22", "module ex.com/p/cart\ngo 1.22"])),
    sources_of(["api.yml", "tests/api.yml"], DESCRIBED, "openapi: 3.1.0\npaths:"),
    sources_of([".github/workflows/c.yml", ".github/workflows/d.yml"], JOBS, "jobs:"),
    sources_of(["a.swift", "b/a.swift", "b/b.swift"], SWIFT_LINES),
    sources_of(["a.rb", "b/a.rb", "b/b.rb"], RUBY_LINES),
    sources_of(["f.h", "g.h", "b/c.h", "a.cc", "b/a.cc", "tests/a.cc"], CPP_LINES),
    sources_of(["a.cs", "b/a.cs", "b/b.cs"], CSHARP_LINES),
    sources_of(["kotlin/c/a.kt", "kotlin/d/a.kt", "x/kotlin/d/b.kt"], KOTLIN_LINES),
    sources_of(["lib/c.ex", "lib/c/d.ex", "lib/d.ex"], ELIXIR_LINES),
    sources_of(["cart/a.go", "cart/b.go", "order/o.go", "main.go"], GO_LINES, "package p"),
)
EDITS = st.lists(st.tuples(st.lists(FILES, max_size=3), st.lists(st.integers(0, 20), max_size=1)), min_size=2, max_size=5)


@settings(max_examples=tries(20, 500), deadline=None)
@given(EDITS)
def test_patching_equals_linking_after_any_edits(edits: list[tuple[list[tuple[str, str]], list[int]]]) -> None:
    files: dict[str, FileFacts] = {}
    graph = Graph.link(FactColumns.of({}))
    for number, (written, deleted) in enumerate(edits):
        if number % 2:
            graph = SavedGraph(Arrays.held(arrays_of(graph)))
        removed = [path for place, path in enumerate(sorted(files)) if place in deleted]
        added = facts_of(dict(written))
        files = {path: facts for path, facts in files.items() if path not in removed} | added
        graph = graph.patched(removed, FactColumns.of(added))
        again = Graph.link(FactColumns.of(files))
        assert state(graph) == state(again)
        walks: tuple[tuple[np.ndarray, ...], ...] = (graph.walk.in_order(), again.walk)
        assert all(map(np.array_equal, *walks))


ITEMS = "function show() {}\nconst router = require('express').Router()\nrouter.get('/:id', show)\nmodule.exports = router\n"
MOUNTED = {
    "Flask, a prefix that replaces the blueprint's own": (
        {
            "shop/__init__.py": "",
            "shop/users.py": (
                "from flask import Blueprint\nusers = Blueprint('users', __name__, url_prefix='/users')\n"
                "own = Blueprint('own', __name__, url_prefix='/own/')\nown.register_blueprint(users, url_prefix='/in')\n\n"
                "@users.get('/<int:id>')\ndef user(id): ...\n\n@own.get('/')\ndef home(): ...\n"
            ),
            "shop/pages.py": (
                "from flask import Blueprint\npages = Blueprint('p', __name__, url_prefix='/p')\n\n@pages.get('/')\ndef page(): ...\n"
            ),
            "app.py": (
                "from flask import Flask\nfrom shop.pages import pages\nfrom shop import users\napp = Flask(__name__)\n"
                "app.register_blueprint(pages, url_prefix='/site')\n"
            ),
        },
        {"GET /in/<int:id> (Flask)", "GET /own/ (Flask)", "GET /site/ (Flask)"},
    ),
    "FastAPI, prefixes that are joined": (
        {
            "shop/__init__.py": "",
            "shop/users.py": (
                "from fastapi import APIRouter\nrouter = APIRouter(prefix='/users')\n\n@router.get('/{id}')\ndef user(id): ...\n"
            ),
            "shop/api.py": (
                "from fastapi import APIRouter\nfrom shop import users\nrouter = APIRouter(prefix='/api')\n"
                "router.include_router(users.router, prefix='/v1')\n"
            ),
            "shop/all.py": (
                "from fastapi import APIRouter\nfrom shop import api\nrouter = APIRouter()\nrouter.include_router(api.router, tags=['x'])\n"
            ),
            "app.py": "from fastapi import FastAPI\nfrom shop import all\napp = FastAPI()\napp.include_router(all.router, prefix='/web')\n",
        },
        {"GET /web/api/v1/users/{id} (FastAPI)"},
    ),
    "Express, a variable for what is required": (
        {
            "web/a/b/app.js": "const app = require('express')()\nconst items = require('../../items')\napp.use('/api', items)\n",
            "web/items.js": ITEMS,
        },
        {"GET /api/:id (Express)"},
    ),
    "Express, required where it is used, and used without a path": (
        {
            "app.js": "const app = require('express')()\napp.use('/api', require('./all'))\n",
            "all.js": (
                "const router = require('express').Router()\nconst more = require('./more')\nrouter.use(more)\nmodule.exports = router\n"
            ),
            "more.js": "const router = require('express').Router()\nrouter.use(require('./items'))\nmodule.exports = router\n",
            "items.js": ITEMS,
        },
        {"GET /api/:id (Express)"},
    ),
    "Hono": (
        {
            "app.ts": "import { Hono } from 'hono'\nimport items from './items'\nconst app = new Hono()\napp.route('/api', items)\n",
            "items.ts": (
                "import { Hono } from 'hono'\nconst items = new Hono()\nfunction show() {}\nitems.get('/:id', show)\nexport default items\n"
            ),
        },
        {"GET /api/:id (Express)"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("framework", MOUNTED)
def test_routes_are_told_below_the_paths_of_what_mounts_their_files(framework: str) -> None:
    files, labels = MOUNTED[framework]
    assert {one.label for one in linked(files).routes if not one.label.startswith("USE ")} == labels
