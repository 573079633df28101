"""The documentation says what the code says, and its links lead somewhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import docs
from scripts.documentation import broken_links
from scripts.documentation.links import anchors
from tests.project import SOURCE_ROOT, write

GUIDE = "# The guide\n\n## One `word`, one thing\n\n## Twice\n\n## Twice\n\n```\n## No heading\n```\n"


def broken(folder: Path, text: str) -> list[str]:
    """Return what is wrong with the links of a document beside a guide and a module of tests."""
    write(folder, {"docs/page.md": text, "docs/guide.md": GUIDE, "tests/test_shop.py": "def test_total() -> None: ...\n"})
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return broken_links(folder)


def test_nothing_is_out_of_date() -> None:
    # In a process of its own: other tests add embedders, which the documents would list.
    done = subprocess.run([sys.executable, "scripts/docs.py", "--check"], cwd=SOURCE_ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_link_leads_somewhere() -> None:
    assert broken_links(SOURCE_ROOT) == []


def test_a_part_of_no_known_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        docs.generated("<!-- generated: nothing -->\n<!-- end -->\n")


@pytest.mark.parametrize(
    "link",
    [
        "[a](guide.md)", "[a](guide.md#one-word-one-thing)", "[a](guide.md#twice-1)", "[a](../docs)", "[a](#here)", "[a](https://example.org/x)",
        "[`test_total`](../tests/test_shop.py)", "`[a](gone.md)`", "```\n[a](gone.md)\n```", "<!-- [a](gone.md) -->",
    ],
)  # fmt: skip
def test_what_is_there_is_found(tmp_path: Path, link: str) -> None:
    assert broken(tmp_path, f"# Here\n\n{link}\n") == []


@pytest.mark.parametrize(
    "link",
    [
        "[a](gone.md)", "[a](Guide.md)", "[a](guide.md#no-heading)", "[a](#twice)", "[a](../../elsewhere.md)", "[a]: gone.md",
        "[`test_taxes`](../tests/test_shop.py)",
    ],
)  # fmt: skip
def test_what_is_not_there_is_named_with_its_document(tmp_path: Path, link: str) -> None:
    (found,) = broken(tmp_path, f"# Here\n\n{link}\n")
    assert found.startswith("docs/page.md: ")


def test_headings_have_the_anchors_of_code_hosts(tmp_path: Path) -> None:
    write(tmp_path, {"guide.md": GUIDE})
    assert anchors(tmp_path / "guide.md") == {"the-guide", "one-word-one-thing", "twice", "twice-1"}
