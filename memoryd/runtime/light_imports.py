"""Imports late what not every process needs, and keeps out most of what LanceDB's import takes: a client of remote catalogues, and checks.

FastAPI builds some fifty models when it is imported, of use only to who asks for the description of its routes.

LanceDB imports the package `lance_namespace`, some hundred models of a REST interface, whether or not a remote catalogue is used;
memoryd opens folders only. It marks methods with `overrides`, which compares their signatures, a quarter of what is left.
For processes that are ours alone: in a program of somebody else, LanceDB must stay whole.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    Loader = object  # the module of the real one takes as long to import as a small command


def late(name: str) -> Any:
    """Return what stands for a module, and imports it when something in it is first asked for."""
    return _Late(name)


class _Late(ModuleType):
    def __getattr__(self, name: str) -> Any:
        found = getattr(import_module(self.__name__), name)
        setattr(self, name, found)
        return found


PACKAGES = frozenset(("lance_namespace", "lance_namespace_urllib3_client"))


def lighten_lancedb() -> None:
    """Have modules of `PACKAGES` be imported as empty ones, whose names are classes without content, and nothing be checked."""
    sys.meta_path.insert(0, _Finder())
    unchecked = ModuleType("overrides")
    vars(unchecked).update(EnforceOverrides=object, override=_as_it_is)
    sys.modules.setdefault("overrides", unchecked)


def import_fastapi() -> None:
    """Import FastAPI with models that are built when they are first needed: a tenth of what starting a server takes."""
    from pydantic import BaseModel, ConfigDict

    usual = BaseModel.model_config
    BaseModel.model_config = ConfigDict(defer_build=True)
    try:
        import_module("fastapi.openapi.models")
    finally:
        BaseModel.model_config = usual


def _as_it_is(method: Callable[..., Any]) -> Callable[..., Any]:
    return method


class _Finder(Loader):
    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, is_package=True) if fullname.partition(".")[0] in PACKAGES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Empty(spec.name)

    def exec_module(self, _module: ModuleType) -> None:
        pass


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        # Errors are named in `except` clauses, and signatures of overriding methods are compared: the same name is the same class.
        made = type(name, (Exception,) if name.endswith("Error") else (), {})
        setattr(self, name, made)
        return made
