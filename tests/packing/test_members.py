"""What types hold (fields, cases) is found by its name and shown with its type, and ranks as a part of what holds it."""

from pathlib import Path

import pytest

from memoryd.config import Settings
from memoryd.errors import UnknownHandle
from memoryd.memory import ProjectMemory
from tests.project import FILES, write

ORDERS = '''class Order:
    """What a customer bought."""

    voucher_code: str | None = None
    shipped = Flag(
        default=False,
    )


class Offer:
    voucher_code: str = ""
'''
STATES = """export enum State {
  Open,
  Parcelled = "on its way",
}
export interface Parcel {
  trackingNumber: string;
}
"""


def test_a_field_is_found_by_its_name_and_shown_with_its_type(root: Path, tmp_path: Path) -> None:
    write(root, {"shop/orders.py": ORDERS, "web/states.ts": STATES, "web/broken.ts": "export class {{{ (\n"})
    settings = Settings(tmp_path / "home", embedder="hash", workers=1)
    with ProjectMemory(root, settings) as memory:
        memory.refresh()
        units = memory.status().units
        assert memory.status().errors == {"typescript": 1}
    write(root, {"shop/orders.py": f"# Orders.\n{ORDERS}"})
    for _ in range(2):  # in the second round from the image, with one file that changed since
        with ProjectMemory(root, settings) as memory:
            memory.refresh()
            assert memory.status().units == units
            assert memory.search("where is trackingNumber set?")[0].id == "web/states.ts#Parcel"
            assert {hit.id for hit in memory.search("voucher_code")[:2]} == {"shop/orders.py#Order", "shop/orders.py#Offer"}
            assert "Parcelled" not in {hit.title for hit in memory.search("Parcelled")}
            assert memory.show("Parcelled").text == '  Parcelled = "on its way",\n'
            assert memory.show("Order.voucher_code").text == "    voucher_code: str | None = None\n"
            assert memory.show("shop/orders.py#Order.shipped").text == "    shipped = Flag(\n        default=False,\n    )\n"
            with pytest.raises(UnknownHandle, match=r"shop/orders.py#Offer.voucher_code, shop/orders.py#Order.voucher_code"):
                memory.show("voucher_code")


def test_a_name_that_a_definition_has_means_the_definition(root: Path, tmp_path: Path) -> None:
    write(root, {"shop/report.py": "class Report:\n    total: int = 0\n"})
    with ProjectMemory(root, Settings(tmp_path / "home", embedder="hash", workers=1)) as memory:
        memory.refresh()
        assert memory.show("total").path == memory.show("Cart.total").path == "shop/cart.py"
        assert memory.show("Report.total").text == "    total: int = 0\n"
        assert memory.search("total")[0].id != "shop/report.py#Report"
        assert set(FILES) <= {unit.path for unit in memory.view().catalog.by_id.values()}
