"""A machine on which every program finds `memoryd`, and an empty project."""

from pathlib import Path

import pytest

from memoryd.faces.install import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "memoryd").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "memoryd").chmod(0o755)
    (tmp_path / "home").mkdir()
    folder = tmp_path / "bin"
    return Machine(tmp_path / "home", {"PATH": str(folder)}, "linux", python=folder / "python", desktop=str(folder))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"
