import pytest

from shop import Cart


@pytest.fixture
def cart():
    return Cart()


@pytest.fixture(scope="module", name="full")
def full_cart(cart):
    return cart


def test_total(cart, tmp_path):
    assert cart.total() == 0


@pytest.mark.usefixtures("database")
class TestFull:
    def test_full(self, full: Cart):
        assert full.total()


def helper(cart):
    pass
