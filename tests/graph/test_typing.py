"""What a method is called on, by what names hold: each way a type is known, and what must not be taken for one."""

import pytest

from indexers.bindings import declared
from memoryd.graph import FactColumns, Graph
from tests.graph.test_graph import facts_of, linked, uses

KNOWN = {
    "shop/__init__.py": "",
    "shop/cart.py": (
        "from shop.base import Base\nfrom shop.money import Money\n\n\nclass Cart(Base):\n    money: Money\n\n"
        "    def __init__(self, extra: 'Money | None' = None):\n        self.extra = extra\n        self.lines = []\n\n"
        "    def copy(self) -> 'Cart':\n        return self\n\n    @property\n    def price(self) -> Money:\n        return self.money\n\n"
        "    def __call__(self):\n        return Money()\n\n    def total(self):\n        pass\n"
    ),
    "shop/base.py": "from shop.money import Money\n\n\nclass Base:\n    def __init__(self):\n        self.kept = Money()\n",
    "shop/money.py": (
        "class Money:\n    def add(self, other):\n        pass\n\n    def get(self):\n        pass\n\n\n"
        "class Purse:\n    def add(self, other):\n"
        "        pass\n\n    def get(self):\n        pass\n\n    def total(self):\n        pass\n"
    ),
    "shop/made.py": "from shop.cart import Cart\n\nCART = Cart()\n\n\ndef make():\n    return Cart(1)\n",
}
ADD = "shop/money.py#Money.add"


@pytest.mark.parametrize(
    "body",
    [
        "def f(cart: Cart):\n    cart.money.add(1)\n",
        "def f():\n    cart = Cart()\n    cart.extra.add(1)\n",
        "def f():\n    Cart(2).copy().price.add(1)\n",
        "def f(x):\n    made.make().copy().kept.add(1)\n",
        "def f():\n    made.CART.kept.add(1)\n",
        "from shop.made import CART as c\n\n\ndef f():\n    c.price.add(1)\n",
        "def f(cart: Cart):\n    cart().add(1)\n",
        "def f():\n    with make() as cart:\n        cart.kept.add(1)\n",
        "class G:\n    def __init__(self):\n        self.cart = make()\n\n    def f(self):\n        self.cart.price.add(1)\n",
        "def f(cart: Cart):\n    def g():\n        cart.price.add(1)\n    return g\n",
        "async def f(cart: Cart):\n    price = (await cart.copy()).price if 0 else 1\n    other = cart.price\n    other.add(1)\n",
    ],
)
def test_a_receiver_has_the_type_that_is_declared_assigned_or_returned(body: str) -> None:
    head = "from shop import made\nfrom shop.cart import Cart\nfrom shop.made import make\n\n\n"
    found = {(target, tier) for source, target, tier in uses(linked({**KNOWN, "app.py": head + body})) if source.startswith("app.py")}
    assert (ADD, "TYPED") in found
    assert not {target for target, _ in found if "Purse" in target}


@pytest.mark.parametrize(
    "body",
    [
        "def f(x: dict):\n    x.get()\n",  # of the language
        "def f():\n    x = []\n    x.total()\n",
        "import numpy\n\n\ndef f():\n    x = numpy.array()\n    x.total()\n",  # of another project
        "from shop.money import Money\n\n\ndef f(x: Money):\n    x.total()\n",  # that type has no such member
    ],
)
def test_what_is_called_on_something_else_is_no_guess(body: str) -> None:
    assert not {target for source, target, _ in uses(linked({**KNOWN, "app.py": body})) if source.startswith("app.py") and "#" in target
                and target.rpartition(".")[2] in ("get", "total")}  # fmt: skip


def test_two_types_for_one_name_are_none() -> None:
    body = "from shop.money import Money, Purse\n\n\ndef f(y):\n    x = Money()\n    if y:\n        x = Purse()\n    x.add(1)\n"
    found = [(target, tier) for source, target, tier in uses(linked({**KNOWN, "app.py": body})) if source == "app.py#f"]
    assert {tier for target, tier in found if target.endswith(".add")} <= {"AMBIGUOUS"}


def test_a_type_that_changes_far_away_is_seen_by_who_depends_on_it() -> None:
    app = "from shop.made import make\n\n\ndef f():\n    make().kept.add(1)\n"
    files = {**KNOWN, "app.py": app}
    graph = linked(files)
    base = KNOWN["shop/base.py"].replace("Money", "Purse")
    patched = graph.patched([], FactColumns.of(facts_of({"shop/base.py": base})))
    assert ("app.py#f", "shop/money.py#Purse.add", "TYPED") in uses(patched)
    assert uses(patched) == uses(Graph.link(FactColumns.of(facts_of({**files, "shop/base.py": base}))))


LANGUAGES = {
    "java": {
        "shop/Cart.java": ("package shop; class Cart { Money price() { return null; } void go() {} }"),
        "shop/Money.java": ("package shop; class Money { void go() {} }"),
        "app/A.java": (
            "package app; import shop.Cart; class A { Cart cart; void f(Cart c) { c.go(); cart.price().go(); this.cart.go()"
            "; var d = new Cart(); d.price().go(); for (Cart e : all()) { e.go(); } } }"
        ),
    },
    "csharp": {
        "Cart.cs": ("namespace Shop; class Cart { Money Price() { return null; } void Go() {} }"),
        "Money.cs": ("namespace Shop; class Money { void Go() {} }"),
        "A.cs": (
            "using Shop; class A { Cart? cart; Cart Other { get; set; } void F(Cart c) { c.Go(); cart.Price().Go(); this.Ot"
            "her.Go(); var d = new Cart(); d.Price().Go(); foreach (Cart e in all) { e.Go(); } } }"
        ),
    },
    "go": {
        "go.mod": ("module ex.com/p\n"),
        "shop/cart.go": (
            "package shop\ntype Cart struct { money *Money }\nfunc (c *Cart) Price() (*Money, error) { c.money.Go(); return n"
            "il, nil }\nfunc (c *Cart) Go() {}\nfunc NewCart() *Cart { return nil }\ntype Money struct {}\nfunc (m Money) Go() "
            "{}\n"
        ),
        "app/a.go": (
            'package app\nimport "ex.com/p/shop"\ntype A struct { cart *shop.Cart }\nfunc (a *A) F(c shop.Cart) { c.Go(); p, e'
            "rr := a.cart.Price(); p.Go(); d := shop.NewCart(); d.Go(); e := &shop.Cart{}; e.Go() }\n"
        ),
        "app/b.go": ('package app\nimport "ex.com/p/shop"\n'),
    },
    "kotlin": {
        "shop/Cart.kt": ("package shop\nclass Cart { fun price(): Money { return Money() }\n fun go() {} }"),
        "shop/Money.kt": ("package shop\nclass Money { fun go() {} }"),
        "app/A.kt": (
            "package app\nimport shop.Cart\nclass A(private val cart: Cart) {\n val other: Cart? = null\n fun f(c: Cart) {\n c.g"
            "o()\n cart.price().go()\n other?.go()\n val d = Cart()\n d.price().go()\n }\n}\n"
        ),
    },
    "php": {
        "src/Shop/Cart.php": (
            "<?php namespace Shop; class Cart { public function price(): Money { return new Money(); } public function go() {} }"
        ),
        "src/Shop/Money.php": ("<?php namespace Shop; class Money { public function go() {} }"),
        "src/App/A.php": (
            "<?php namespace App; use Shop\\Cart; class A { private ?Cart $cart; public function __construct(private Cart $o"
            "ther) {} public function f(Cart $c) { $c->go(); $this->cart->price()->go(); $this->other->go(); $d = new Cart("
            "); $d->price()->go(); } }"
        ),
    },
    "rust": {
        "src/lib.rs": ("mod cart; mod app;"),
        "src/cart.rs": (
            "pub struct Cart { pub money: Money }\nimpl Cart { pub fn new() -> Self { todo!() }\n pub fn price(&self) -> &Mon"
            "ey { &self.money }\n pub fn go(&self) { self.money.go(); } }\npub struct Money {}\nimpl Money { pub fn go(&self) "
            "{} }\n"
        ),
        "src/app.rs": (
            "use crate::cart::Cart;\nstruct A { cart: Box<Cart> }\nimpl A { fn f(&self, c: &Cart) { c.go(); self.cart.price()"
            ".go(); let d = Cart::new(); d.go(); } }\n"
        ),
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_receivers_have_declared_and_made_types_in_other_languages(language: str) -> None:
    """Each `f` calls `go` on a parameter, a field, a local, an element, and on what `price` of some of them gives; two types have it."""
    found = {
        (target.rpartition("#")[2], tier) for source, target, tier in uses(linked(LANGUAGES[language])) if source.endswith(("A.f", "A.F"))
    }
    going = {(target.lower(), tier) for target, tier in found if target.lower().endswith(".go")}
    assert going == {("cart.go", "TYPED"), ("money.go", "TYPED")}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("*shop.Cart", "shop.Cart"), ("&'a mut Cart", "Cart"), ("Box<Cart>", "Cart"), ("Cart?", "Cart"), ("?\\Shop\\Cart", "Cart"),
        ("Task<Cart>", "Cart"), ("Optional<Cart>", "Optional"), ("Optional[Cart]", "Cart"), ("[]*Cart", ""), ("Cart[]", "Array"),
        ("crate::cart::Cart", "crate.cart.Cart"), ("map[string]Cart", "map"),
    ],
)  # fmt: skip
def test_a_declared_type_is_read_as_its_language_writes_it(text: str, name: str) -> None:
    assert declared(text) == name
