"""The command lines that run tests."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from shlex import quote

from memoryd.versions import View

CARGO_TARGET = re.compile(r"tests/([^/]+)(?:\.rs|/main\.rs)")
"""A file that Cargo builds as a program of tests, which has its name; other tests are in the packages themselves, or in other ones."""


def commands_for(view: View, paths: Sequence[str]) -> Iterator[str]:
    """Yield the command lines that run some test files, by the languages and manifests of the project."""
    by_language = defaultdict(list)
    for path in paths:
        by_language[view.records[path].language].append(path)
    for language, chosen in sorted(by_language.items()):
        if language == "python":
            yield f"python -m pytest {' '.join(map(quote, chosen))}"
        elif language == "go":
            folders = sorted({f"./{path.rpartition('/')[0]}" for path in chosen})
            yield f"go test {' '.join(map(quote, folders))}"
        elif language in ("javascript", "typescript", "tsx"):
            yield f"{_script_runner(view)} {' '.join(map(quote, chosen))}"
        elif language == "rust":
            targets = [CARGO_TARGET.fullmatch(path) for path in chosen]
            yield f"cargo test {' '.join(f'--test {quote(one[1])}' for one in targets if one) if all(targets) else '--workspace'}"
        elif language == "ruby":
            runner = "bundle exec rspec" if any(path.endswith("_spec.rb") for path in chosen) else "bundle exec ruby -Itest"
            yield f"{runner} {' '.join(map(quote, chosen))}"
        elif language == "php":
            yield "\n".join(f"vendor/bin/phpunit {quote(path)}" for path in chosen)


def _script_runner(view: View) -> str:
    manifest = (view.source("package.json") or b"").decode("utf-8", "replace")
    for name, command in (("vitest", "npx vitest run"), ("jest", "npx jest"), ("mocha", "npx mocha"), ("ava", "npx ava")):
        if f'"{name}"' in manifest:
            return command
    return "node --test"
