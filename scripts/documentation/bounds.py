"""Generates the table of the daemon's bounds from `Limits`: the strings below its fields describe them."""

import ast
import inspect
from itertools import pairwise

from memoryd.faces.http import Limits
from scripts.documentation.markdown import table


def bounds() -> str:
    """Return the table of bounds, with each default as it is written."""
    (definition,) = ast.parse(inspect.getsource(Limits)).body
    assert isinstance(definition, ast.ClassDef)
    rows = [
        [ast.unparse(field.target).replace("_", " "), f"`{ast.unparse(field.value)}`", str(said.value.value)]
        for field, said in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and field.value and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
    ]
    return table(["bound", "default", "of what"], rows)
