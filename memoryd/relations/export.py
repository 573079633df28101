"""Writes the graph of files for other programs: GraphML, DOT, Mermaid or JSON."""

import io
from enum import StrEnum
from typing import TYPE_CHECKING

from memoryd.text import escaped
from memoryd.versions import View

if TYPE_CHECKING:
    import networkx as nx


class Format(StrEnum):
    """The form of an export."""

    GRAPHML = "graphml"
    DOT = "dot"
    MERMAID = "mermaid"
    JSON = "json"


class Grain(StrEnum):
    """What the nodes of an exported graph are."""

    FILES = "files"
    FOLDERS = "folders"


def exported(view: View, form: Format, grain: Grain) -> str:
    """Return which files or folders use which, as text; `weight` sums those of the edges."""
    graph = view.graph.files_graph() if grain == Grain.FILES else view.graph.folders_graph()
    return {Format.GRAPHML: _graphml, Format.DOT: _dot, Format.MERMAID: _mermaid, Format.JSON: _json}[form](graph)


def _graphml(graph: "nx.DiGraph[str]") -> str:
    import networkx as nx

    written = io.BytesIO()
    nx.write_graphml(nx.relabel_nodes(graph, escaped), written)
    return written.getvalue().decode()


def _dot(graph: "nx.DiGraph[str]") -> str:
    lines = [f"  {_quoted(node)};" for node in graph]
    lines += [f"  {_quoted(source)} -> {_quoted(target)} [weight={weight:g}];" for source, target, weight in graph.edges(data="weight")]
    return "\n".join(["digraph project {", *lines, "}", ""])


def _mermaid(graph: "nx.DiGraph[str]") -> str:
    number = {node: f"n{place}" for place, node in enumerate(graph)}
    label = {node: escaped(node or ".").replace('"', "#quot;").replace("<", "#lt;") for node in graph}
    lines = [f'  {number[node]}["{label[node]}"]' for node in graph]
    lines += [f"  {number[source]} --> {number[target]}" for source, target in graph.edges]
    return "\n".join(["graph LR", *lines, ""])


def _json(graph: "nx.DiGraph[str]") -> str:
    import json

    edges = [{"from": source, "to": target, "weight": weight} for source, target, weight in graph.edges(data="weight")]
    return json.dumps({"nodes": list(graph), "edges": edges}, indent=1) + "\n"


def _quoted(node: str) -> str:
    return '"' + escaped(node or ".").replace("\\", "\\\\").replace('"', '\\"') + '"'
