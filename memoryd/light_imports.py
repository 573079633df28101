"""Imports late what not every process needs, and keeps LanceDB's client of remote catalogues out: most of the time of its import.

LanceDB imports the package `lance_namespace`, some hundred models of a REST interface, whether or not a remote catalogue is used;
memoryd opens folders only. For processes that are ours alone: in a program of somebody else, LanceDB must stay whole.
"""

import sys
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


def leave_out_catalog_client() -> None:
    """Have modules of `PACKAGES` be imported as empty ones, whose names are classes without content."""
    sys.meta_path.insert(0, _Finder())


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
