"""The project that is worked on: modules that call one another, and a sample of each of some languages; or a clone of a repository."""

import shutil
import subprocess
from pathlib import Path

SAMPLES = Path(__file__).parents[3] / "tests" / "indexers" / "samples"
SAMPLED = (
    "bash.sh",
    "go.go",
    "java.java",
    "javascript.js",
    "lua.lua",
    "python.py",
    "rust.rs",
    "guide.md",
    "guide.rst",
    "deploy.yaml",
    "schema.sql",
)
"""Files whose grammars are read quickly: every parser that is started reads them anew. Fuzzing goes through all languages."""
MODULES = 24


def make_project(root: Path) -> None:
    """Write the project, and commit it."""
    for number in range(MODULES):
        file = root / f"pkg_{number % 6}" / f"module_{number}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(module(number))
    for name in SAMPLED:
        (root / "samples").mkdir(exist_ok=True)
        shutil.copyfile(SAMPLES / name, root / "samples" / name)
    (root / "README.md").write_text("# Orders\n\nLoads orders, and writes invoices.\n\n## Totals\n\nAn invoice's total is in cents.\n")
    (root / ".gitignore").write_text("build/\n*.log\n")
    _commit(root, "init", "--quiet", "--initial-branch=main")


def clone_project(repository: str, root: Path) -> None:
    """Clone a repository."""
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", repository, root], check=True)


def module(number: int, shift: int = 0) -> str:
    """Return the source of a module, which calls its neighbour."""
    other = (number + 1) % MODULES
    return f'''"""Orders of the kind {number}."""

from pkg_{other % 6}.module_{other} import load_order_{other}


class Cart_{number}:
    """What a customer of the kind {number} means to buy."""

    def total(self):
        """Sum of the invoice, rounded {shift} times."""
        return load_order_{other}(self.lines) + {shift}


def load_order_{number}(lines):
    """Load an order, and check the address of its customer."""
    return Cart_{number}(lines).total()
'''


def _commit(root: Path, *first: str) -> None:
    for arguments in (first, ("add", "."), ("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "first")):
        subprocess.run(["git", "-C", root, *arguments], check=True)
