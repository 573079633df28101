"""The pages of the map, of the graph, and of what may break."""

from dataclasses import dataclass

from memoryd.faces.ui.page_request import Page, PageRequest
from memoryd.memory import ProjectMemory
from memoryd.web import DEFAULT_NODES, MOST_NODES, Areas, areas_of, around, impact_page


@dataclass(frozen=True, slots=True)
class MapPage:
    """The map and the tour as agents read them, and the areas of the project."""

    map: str
    tour: str
    areas: Areas


async def map_(asked: PageRequest) -> Page:
    """Show where things are."""

    def work(memory: ProjectMemory) -> MapPage:
        return MapPage(memory.map().text, memory.tour().text, areas_of(memory.view()))

    return Page(await asked.ask(work), "map", "Map", "map")


async def graph(asked: PageRequest) -> Page:
    """Show what is around a symbol or a file."""
    id_, most = asked.word("id"), asked.number("most", DEFAULT_NODES, MOST_NODES)
    return Page(await asked.ask(lambda memory: around(memory.view(), id_, most)), "graph", id_, "map")


async def impact(asked: PageRequest) -> Page:
    """Show what may break when a symbol or a file changes."""
    id_ = asked.word("id")
    return Page(await asked.ask(lambda memory: impact_page(memory, id_)), "impact", f"What may break: {id_}", "map")
