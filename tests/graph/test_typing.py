"""What a method is called on, by what names hold: each way a type is known, and what must not be taken for one."""

import pytest

from indexers.bindings import declared
from memoryd.graph import FactColumns, Graph
from tests.graph.test_graph import facts_of, linked, state, uses

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


TWO = "class C:\n    def go(self): pass\n\n\nclass D:\n    def go(self): pass\n"
RESTING = {
    **KNOWN,
    "two.py": TWO,
    "first.py": "from two import C, D\nLAST = C()\n\n\ndef build(x):\n    made = C()\n    return made\n",
    "second.py": "from first import build\n\n\ndef other():\n    made = build(1)\n    return made\n",
    "third.py": "from second import other as given\n\n\ndef h():\n    given().go()\n",
    "fourth.py": "from first import LAST as KEPT\n\n\ndef h(made):\n    made.go()\n    KEPT.go()\n",
    "caller.py": "from two import C, D\n\n\nclass Base:\n    def __call__(self):\n        return C()\n\n\nclass Maker(Base):\n    pass\n",
    "called.py": "from caller import Maker\n\n\ndef h():\n    maker = Maker()\n    maker().go()\n",
    "a.php": "<?php class E { private E $y; function go() {} function f() { $this->y->go(); } } class F { function go() {} }\n",
    "app.py": "from shop.made import make\n\n\ndef f():\n    make().kept.add(1)\n",
}
EDITS: dict[str, tuple[str, list[tuple[str, str]], set[str]]] = {
    "a function gives the same in another way": ("first.py", [("return made", "return C()")], set()),
    "a function gives something else": ("first.py", [("made = C()", "made = D()")], {"third.py"}),
    "a variable hides one of the file": ("first.py", [("made = C()", "LAST = C()"), ("return made", "return LAST")], set()),
    "a variable has a name that others have": ("first.py", [("made = C()", "made = C()\n    cart = x")], set()),
    "a variable of a file holds something else": ("first.py", [("LAST = C()", "LAST = D()")], {"fourth.py"}),
    "a variable may be either of two": ("first.py", [("made = C()", "made = C()\n    made = D()")], {"third.py"}),
    "an attribute that is inherited": ("shop/base.py", [("Money", "Purse")], {"shop/cart.py", "app.py"}),
    "what is called gives something else": ("caller.py", [("C()", "D()")], {"called.py", "third.py", "app.py"}),
    "nothing that matters": ("shop/made.py", [("Cart(1)", "Cart(2)")], set()),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_links_again_what_rests_on_what_holds_something_else_and_no_more(case: str) -> None:
    path, changes, resting = EDITS[case]
    source = RESTING[path]
    for old, new in changes:
        source = source.replace(old, new)
    patched = linked(RESTING).patched([], FactColumns.of(facts_of({path: source})))
    assert state(patched) == state(linked({**RESTING, path: source}))
    assert set(patched.relinked) == {path, *resting}


LANGUAGES = {
    "java": {
        "shop/Cart.java": ("package shop; class Cart { Money price() { return null; } void go() {} }"),
        "shop/Money.java": ("package shop; class Money { void go() {} }"),
        "app/A.java": (
            "package app; import shop.Cart; class A { Cart cart; void f(Cart c) { c.go(); cart.price().go(); this.cart.go()"
            "; var d = new Cart(); d.price().go(); for (Cart e : all()) { e.go(); } } }"
        ),
    },
    "typescript": {
        "cart.ts": (
            "import { Money } from './money'\nexport class Cart { price(): Money { return new Money() } go() {} }\n"
            "export type Basket = Cart\nexport type Both<T> = Cart & Tagged<T>\n"
        ),
        "money.ts": "export class Money { go() {} }\n",
        "a.ts": (
            "import { Basket, Both } from './cart'\nclass A<T> { f<C extends Basket>(c: C, d: Both<T>) { c.go(); d.price().go() } }\n"
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
    "cpp": {
        "shop/money.h": ("namespace shop { class Money { public: void go() {} }; }"),
        "shop/cart.h": (
            '#include "money.h"\nnamespace shop { class Cart { public: Money* price() const; void go() {} Money kept_; }; Cart make(); }'
        ),
        "app/a.cc": (
            '#include "../shop/cart.h"\nclass B { protected: shop::Cart other_; };\nclass A : public B { void F(const shop::Cart& c) {'
            " c.go(); cart_->price()->go(); other_.kept_.go(); auto d = shop::make(); d.go(); for (shop::Money& e : all()) { e.go(); } }"
            " shop::Cart* cart_ = nullptr; };\n"
        ),
    },
    "swift": {
        "Cart.swift": ("class Cart { var kept: Money\n func price() -> Money? { return nil }\n func go() {} }\n"),
        "Money.swift": ("struct Money { func go() {} }\n"),
        "A.swift": (
            "class A {\n let cart: Cart?\n private var other = Cart()\n func f(c: Cart, to m: any Money) {\n c.go()\n m.go()\n"
            " cart?.price()?.go()\n let d = other.kept\n d.go()\n if let e = self.cart { e.go() }\n"
            " guard let g = cart else { return }\n g.go()\n }\n}\n"
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


TOLD = {
    "an embedded field of Go has the name of its type": (
        {
            "go.mod": "module ex.com/p\n\ngo 1.22\n",
            "shop/cart.go": (
                "package shop\n\ntype Cart struct{}\n\nfunc (c *Cart) Go() {}\n\ntype Other struct{}\n\nfunc (o Other) Go() {}\n"
            ),
            "app/a.go": (
                'package app\n\nimport "ex.com/p/shop"\n\ntype A struct {\n\t*shop.Cart\n}\n\nfunc (a A) F() {\n\ta.Cart.Go()\n}\n'
            ),
        },
        {("app/a.go#A.F", "Cart.Go", "TYPED")},
    ),
    "what a constructor of PHP keeps of its parameters": (
        {
            "src/Cart.php": "<?php\nclass Cart { function go() {} function only() {} }\nclass Other { function go() {} }\n",
            "src/A.php": (
                "<?php\nuse Elsewhere\\Client;\nclass A { private $cart; private $client; private $other;\n"
                "function __construct(Cart $c, Client $client, ?Other $o = null)"
                " { $this->cart = $c; $this->client = $client; $this->other = $o ?? new Other(); }\n"
                "function f() { $this->cart->go(); $this->client->only(); $this->other->go(); } }\n"
            ),
        },
        {("src/A.php#A.f", "Cart.go", "TYPED"), ("src/A.php#A.f", "Other.go", "TYPED")},
    ),
    "any protocol of Swift": (
        {
            "Sources/Cart.swift": "struct Cart {\n func only() {}\n func go() {}\n}\nprotocol Going {\n func go()\n}\n",
            "Sources/A.swift": "func f(a: any Elsewhere, g: some Going) {\n a.only()\n g.go()\n}\n",
        },
        {("Sources/A.swift#f", "Going.go", "TYPED")},
    ),
    "a case of an enumeration in a pattern of Swift": (
        {
            "Sources/Cart.swift": "struct Cart {\n func go() {}\n}\nstruct Item {\n func go() {}\n}\n",
            "Sources/A.swift": (
                "func f(box: Box, cart: Cart) {\n if case let .item(cart) = box {\n  item.go()\n }\n}\n"
                "func g(cart: Cart) {\n if let kept = cart {\n  kept.go()\n }\n}\n"
            ),
        },
        {("Sources/A.swift#f", "Item.go", "UNIQUE"), ("Sources/A.swift#g", "Cart.go", "TYPED")},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sources", "expected"), TOLD.values(), ids=TOLD)
def test_what_is_said_of_fields_and_parameters_is_followed(sources: dict[str, str], expected: set[tuple[str, str, str]]) -> None:
    found = {(source, target.rpartition("#")[2], tier) for source, target, tier in uses(linked(sources))}
    assert {edge for edge in found if edge[1].lower().endswith((".go", ".only"))} == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_receivers_have_declared_and_made_types_in_other_languages(language: str) -> None:
    """Each `f` calls `go` on a parameter, a field, a local, an element, and on what `price` of some of them gives; two types have it."""
    found = {
        (target.rpartition("#")[2], tier) for source, target, tier in uses(linked(LANGUAGES[language])) if source.endswith(("A.f", "A.F"))
    }
    going = {(target.lower().removeprefix("shop."), tier) for target, tier in found if target.lower().endswith(".go")}
    assert going == {("cart.go", "TYPED"), ("money.go", "TYPED")}


HIDDEN = {
    "a type in a file that C++ does not include": (
        {"a.cc": "class Iter { public: void seek() {} };\n", "b.cc": "void f() { iter.seek(); }\n"}, "Iter.seek",
    ),
    "a type of a program of Go": (
        {"go.mod": "module ex.com/p\n", "x/main.go": "package main\ntype S struct{}\nfunc (s S) Render() {}\n",
         "y/main.go": "package main\nfunc f() { style.Render() }\n"}, "S.Render",
    ),
    "what Rust has itself": ({"src/lib.rs": "struct Command {}\nimpl Command { pub fn new() -> Self {} }\n",
                              "src/b.rs": "fn f() { std::process::Command::new(); }\n"}, "Command.new"),
    "a type of another project": ({"Outcome.cs": "class Outcome { static void FromResult() {} }\n",
                                   "B.cs": "class B { void F() { Task.FromResult(); } }\n"}, "Outcome.FromResult"),
    "what PHP has itself": ({"src/RuntimeException.php": "<?php namespace Shop; class RuntimeException {}\n",
                             "src/B.php": "<?php namespace Shop; function f() { throw new \\RuntimeException(); }\n"}, "RuntimeException"),
    "an extension function of another package": (
        {"kotlin/shop/Io.kt": "package shop\nfun <T> T.use2() {}\n", "kotlin/app/B.kt": "package app\nfun f() { x().use2() }\n"}, "T.use2",
    ),
    "a type that is called like one of the project but for its capitals": (
        {"a.rb": "module Shop\n  class Json\n    def load_all\n    end\n  end\nend\n", "b.rb": "def f\n  JSON.load_all\nend\n"},
        "Shop.Json.load_all",
    ),
    "a type at the end of a path of another project": (
        {"src/lib.rs": "struct Input {}\nimpl Input { pub fn of_file() {} }\n", "src/b.rs": "fn f() { plist::Value::of_file(); }\n"},
        "Input.of_file",
    ),
    "a method called like a function among the tokens of a macro": (
        {"src/lib.rs": "struct P {}\nimpl P { pub fn strip_ansi(&self) {} }\n", "src/b.rs": "fn f() { assert_eq!(strip_ansi(x), y); }\n"},
        "P.strip_ansi",
    ),
    "a type in another type than the one that is named": (
        {"a.h": "struct Reader { struct Location {}; };\n", "b.cc": '#include "a.h"\nvoid f(Writer::Location x) {}\n'}, "Reader.Location",
    ),
    "a function of Lua of a file that is not required": (
        {"a.lua": "local function draw_line() end\nreturn {}\n", "b.lua": "local draw_line = other.draw_line\ndraw_line()\n"}, "draw_line",
    ),
    "a case of an enumeration": (
        {"a.swift": "class Setter { func targetCache(_ x: Int) {} }\n", "b.swift": "func f() { set(.targetCache(1)) }\n"},
        "Setter.targetCache",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HIDDEN)
def test_what_a_file_can_hardly_mean_is_not_meant_for_sure(case: str) -> None:
    files, target = HIDDEN[case]
    assert not [(source, tier) for source, found, tier in uses(linked(files)) if found.endswith(f"#{target}") and tier != "AMBIGUOUS"]


def test_what_extends_a_type_is_known_by_its_import_whatever_it_is_called_on() -> None:
    found = uses(linked({
        "kotlin/shop/Io.kt": "package shop\nfun Int.toCents() {}\nfun List<Int>.whole() {}\n",
        "kotlin/app/B.kt": (
            "package app\nimport shop.toCents\nimport shop.whole as all\nfun f(x: Int) { x.toCents() }\nfun g() { x().all() }\n"
        ),
    }))  # fmt: skip
    home = "kotlin/shop/Io.kt#"
    assert {("kotlin/app/B.kt#f", f"{home}Int.toCents", "IMPORT"), ("kotlin/app/B.kt#g", f"{home}List.whole", "IMPORT")} <= found


def test_a_module_is_what_all_files_say_of_it() -> None:
    files = {
        "lib/shop.rb": "module Shop\n  def self.make\n  end\nend\n",
        "lib/shop/cart.rb": "module Shop\n  class Cart\n    def self.all\n      Shop.make\n    end\n  end\nend\n",
        "lib/shop/sums.rb": "class Shop::Cart\n  def self.sum\n  end\nend\n",
        "app.rb": "Shop.make\nShop::Cart.all\nShop::Cart.sum\n",
    }
    graph = linked(files)
    assert {(source, target) for source, target, tier in uses(graph) if tier != "AMBIGUOUS"} >= {
        ("lib/shop/cart.rb#Shop.Cart.all", "lib/shop.rb#Shop.make"), ("app.rb", "lib/shop.rb#Shop.make"),
        ("app.rb", "lib/shop/cart.rb#Shop.Cart.all"), ("app.rb", "lib/shop/sums.rb#Shop.Cart.sum"),
    }  # fmt: skip
    fewer = {path: text for path, text in files.items() if path != "lib/shop.rb"}
    again = Graph.link(FactColumns.of(facts_of(fewer)))
    assert uses(graph.patched(["lib/shop.rb"], FactColumns.of({}))) == uses(again)
    assert uses(again.patched([], FactColumns.of(facts_of({"lib/shop.rb": files["lib/shop.rb"]})))) == uses(graph)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("*shop.Cart", "shop.Cart"), ("&'a mut Cart", "Cart"), ("Box<Cart>", "Cart"), ("Cart?", "Cart"), ("?\\Shop\\Cart", "Cart"),
        ("Task<Cart>", "Cart"), ("Optional<Cart>", "Optional"), ("Optional[Cart]", "Cart"), ("[]*Cart", ""), ("Cart[]", "Array"),
        ("crate::cart::Cart", "crate.cart.Cart"), ("[Cart]", "Array"), ("?\\DateTime", "Array"),
        ("any Cart", "Cart"), ("map[string]Cart", "map"),
    ],
)  # fmt: skip
def test_a_declared_type_is_read_as_its_language_writes_it(text: str, name: str) -> None:
    assert declared(text) == name
