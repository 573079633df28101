"""The real clients that the tests run."""

import pytest

from tests.faces.clients import scripted


@pytest.fixture(scope="module")
def program() -> str:
    """Return the program of Claude Code."""
    found = scripted.program("claude", "CLAUDE_BIN")
    if found is None:
        pytest.skip("Claude Code is not installed; scripts/test-clients installs it and runs these tests, or set CLAUDE_BIN")
    return found
