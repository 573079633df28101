"""Tells what an output is, by the command that printed it. Pure. What is not clearly of a kind is left as it is."""

from enum import StrEnum

from memoryd.observations.commands import programs


class Kind(StrEnum):
    """What an output is."""

    RUN = "run"
    """A run of tests or a build: what passed and what was done may be left out, what failed may not."""
    DIAGNOSTICS = "diagnostics"
    LOG = "log"
    HITS = "hits"
    LISTING = "listing"
    PAGE = "page"
    """A page of the web: its headings, and what it was fetched for."""
    JSON = "json"
    """What is JSON, and laid out on lines: its shape is shown, and what is different in it."""


RUNNING = frozenset((Kind.RUN, Kind.DIAGNOSTICS))
"""The kinds of which it matters to a session whether they failed."""
RUNS = frozenset((
    "pytest", "py.test", "unittest", "tox", "nox", "jest", "vitest", "mocha", "rspec", "phpunit", "ctest", "make", "gmake", "ninja",
    "nosetests", "behave", "ava", "karma", "pre-commit", "xcodebuild", "meson",
    "mvn", "mvnw", "gradle", "gradlew", "bazel", "tsc", "webpack", "vite", "rollup", "playwright", "cypress", "ant", "sbt", "mix",
))  # fmt: skip
RUNS_WITH = {
    "go": ("test", "build", "vet", "install"), "cargo": ("test", "build", "check", "run", "bench", "nextest", "install"),
    "npm": ("test", "t", "ci", "install", "i"), "yarn": ("test", "install", "build"), "pnpm": ("test", "install", "build"),
    "bun": ("test", "install"), "dotnet": ("test", "build", "restore"), "pip": ("install",), "pip3": ("install",), "uv": ("sync", "pip"),
    "poetry": ("install",), "bundle": ("install",), "composer": ("install",), "docker": ("build",),
    "rake": ("test", "spec"), "rails": ("test",), "stack": ("test", "build"), "cabal": ("test", "build"), "dune": ("test", "build"),
    "lein": ("test",), "zig": ("build", "test"), "dart": ("test",),
    "nx": ("test", "build"), "turbo": ("test", "build"), "just": ("test", "check"),
    "swift": ("test", "build"), "flutter": ("test",), "deno": ("test",), "apt-get": ("install", "update"), "apt": ("install", "update"),
}  # fmt: skip
DIAGNOSTICS = frozenset(
    ("eslint", "mypy", "ruff", "flake8", "pylint", "pyright", "rubocop", "shellcheck", "golangci-lint", "biome", "oxlint")
)
HITS = frozenset(("grep", "egrep", "fgrep", "rg", "ag", "ack"))
LISTINGS = frozenset(("find", "fd", "tree", "ls"))
FETCHING = frozenset(("curl", "http", "https", "xh", "xhs"))
"""Programs that print what an address has."""
LOGS = frozenset(("journalctl", "dmesg"))
LOGS_WITH = {"docker": ("logs",), "kubectl": ("logs",), "podman": ("logs",), "heroku": ("logs",)}
SCRIPTS = ("test", "build", "check", "ci", "lint")
"""Beginnings of names of scripts that `npm run` and its like run."""
OWN_SCRIPTS = ("run_test", "run-test", "runtest", "test.", "tests.", "check.", "lint.")
"""Beginnings of names of a project's own scripts that run its tests. Of a run only lines are left out that are known to be idle."""


def kind_of(tool: str, command: str) -> Kind | None:
    """Return what the output of a tool, `shell`, `search` or `fetch`, is; `None` for what is not to be shortened."""
    if tool == "search":
        return Kind.HITS
    if tool == "fetch":
        return Kind.PAGE
    if tool != "shell":
        return None
    found = programs(command)
    kinds = {_kind(one) for one in found or ()}
    # Several programs print one after the other: shortened is what all of them print, or nothing.
    return kinds.pop() if len(kinds) == 1 else None


def _kind(words: list[str]) -> Kind | None:
    name, rest = words[0], words[1:]
    if name in ("docker", "podman") and rest[:1] == ["compose"]:
        rest = rest[1:]
    first = next((word for word in rest if not word.startswith("-")), "")
    if name in ("npm", "pnpm", "yarn", "bun") and (first == "run" or name == "yarn"):
        script = next((word for word in rest if word not in ("run",) and not word.startswith("-")), "")
        return Kind.RUN if script.startswith(SCRIPTS) else None
    if name == "git":
        return Kind.HITS if first == "grep" else Kind.LISTING if first == "ls-files" else None
    if name.startswith(OWN_SCRIPTS) or (name.startswith("python") and first.endswith("manage.py") and "test" in rest[1:2]):
        return Kind.RUN
    if name in RUNS or first in RUNS_WITH.get(name, ()) or (name == "cmake" and "--build" in rest):
        return Kind.RUN
    if name in DIAGNOSTICS or (name == "cargo" and first == "clippy"):
        return Kind.DIAGNOSTICS if "format" not in rest and "fmt" not in rest and "--diff" not in rest else None
    if name in HITS:
        return Kind.HITS
    if name in LISTINGS:
        return Kind.LISTING
    if name in LOGS or first in LOGS_WITH.get(name, ()):
        return Kind.LOG
    if name in ("cat", "tail", "head") and rest[-1:] and rest[-1].endswith(".log"):
        return Kind.LOG
    if (
        name in FETCHING
        or words[:2] == ["gh", "api"]
        or name == "json.tool"
        or (name == "cat" and rest[-1:] and rest[-1].endswith(".json"))
    ):
        return Kind.JSON
    return None
