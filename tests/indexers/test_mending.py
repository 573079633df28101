"""What a grammar cannot read costs what it stands in, and no more of the file."""

from indexers import index_source

HEADER = b"""#ifndef SHOP_CART_H
#define SHOP_CART_H

#ifdef __cplusplus
extern "C" {
#endif

int cart_open(int size);

union cart_any {
  CART_TYPES(XX) CART_MORE(XX)
};

struct cart_list {
  CART_LINKS(cart) links
  int count;
};

#ifdef __cplusplus
}
#endif

#endif /* SHOP_CART_H */
"""


def test_neither_an_include_guard_nor_a_linkage_is_lost_with_all_it_holds() -> None:
    facts = index_source("c", HEADER)
    assert facts.has_errors
    assert "cart_open" in {symbol.qualname for symbol in facts.symbols}
