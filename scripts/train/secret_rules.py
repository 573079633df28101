"""Makes `memoryd/data/secrets/rules.json`, the rules by which secrets are found, from gitleaks' rules and those of `secret_rules.toml`.

    python -m scripts.train.secret_rules PATH/TO/gitleaks     # a checkout or a bare clone of github.com/gitleaks/gitleaks

Rules are taken over as they are but for `CHANGED` and for what `secret_rules.toml` adds to them. A rule for `NAME = VALUE` is marked as
`assigned` and begins with its keyword: what stands before it in the name is slow to look for, and nothing but part of the match.
Added is to each rule a `screen`, an expression that matches wherever the rule does and is quick to look for together with others.
"""

import argparse
import json
import re
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import re2

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "memoryd" / "data" / "secrets"
WORDS_BEFORE = (r"[\w.-]{0,50}?(?i:[\w.-]{0,50}?", "(?i:"), (r"(?i)[\w.-]{0,50}?", "(?i)")
"""What begins a rule for `NAME = VALUE`, and what begins its screen."""
KEYWORDS = {
    "atlassian-api-token": r"ATLASSIAN|[Aa]tlassian|CONFLUENCE|[Cc]onfluence|JIRA|[Jj]ira|(?i:atatt3)",
    "azure-ad-client-secret": r"\dQ~",
    "curl-auth-header": r"\bcurl\b",
    "curl-auth-user": r"\bcurl\b",
    "facebook-access-token": "(?i)facebook",
    "hashicorp-tf-api-token": "(?i)atlasv1",
    "maxmind-license-key": "_mmk",
    "sourcegraph-access-token": "(?i)sourcegraph|sgp_",
}
"""Screens of rules that begin with characters of any kind, which are slow to look for in all places at once."""
WHOLE = "generic-api-key"
"""The rule for `NAME = VALUE` whose names stand in most files: its screen holds the value, too."""
BEGUN = frozenset(("lob-api-key", "lob-pub-api-key"))
"""Rules for `NAME = VALUE` whose keyword is part of many words: their screens hold the beginning of the value, too."""
AFTER_KEYWORD = r"(?:[ \t\w.-]{0,20})"
"""What follows the keyword in a rule for `NAME = VALUE`."""
VALUE, FOUND_VALUE = (
    r"([\w.=-]{10,}|[a-z0-9][a-z0-9+/]{11,}={0,3})",
    r"(?:[a-z_.-]{6,}[0-9=+/]|[a-z_.-]*[0-9=+/][\w.=+/-]{6})[\w.=+/-]*",
)
"""The value in that rule, and those values that it does not allow: with other characters than letters, `_`, `.` and `-`, and at least 12,
since so many different ones make an entropy of 3.5."""

LEFT_OUT = frozenset(("kubernetes-secret-yaml",))
"""Rules that find one value of several, or with its name; ours take their place."""
BY_CONTEXT = frozenset(("curl-auth-header", "curl-auth-user"))
"""Rules that go by what stands around a value, besides those for `NAME = VALUE`."""
CHANGED = {
    # Only the key is the secret, not the marks around it; and what holds the marks and other text between them is code.
    "private-key": (
        r"(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----"
        r"((?:[A-Za-z0-9+/=\s\"'`+,:.\\#*|>-]){64,}?)-----END[ A-Z0-9_-]{0,100}KEY(?: BLOCK)?-----"
    ),
    # The quotes are no part of the value.
    "hashicorp-tf-password": (
        r"""(?i)[\w.-]{0,50}?(?:administrator_login_password|password)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)"""
        r"""[\x60'"\s=]{0,5}"([a-z0-9=_\-]{8,20})"(?:[\x60'"\s;]|\\[nr]|$)"""
    ),
    # A long value is a secret, too, and counting up to 150 takes a large automaton.
    "generic-api-key": (
        r"""(?i)[\w.-]{0,50}?(?:access|auth|(?-i:[Aa]pi|API)|credential|creds|key|passw(?:or)?d|secret|token)(?:[ \t\w.-]{0,20})"""
        r"""[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([\w.=-]{10,}|[a-z0-9][a-z0-9+/]{11,}={0,3})(?:[\x60'"\s;]|\\[nr]|$)"""
    ),
}
LONG, KEPT = 16, 4
"""What is repeated more often than the first ends a screen, which counts as many as the second."""
CASE = re.compile(r"\(\?im\)|\(\?-?i(?:\)|(:))")
"""What turns on and off that the case of letters matters."""
PARTS = re.compile(r"\\.|\[\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]|[()|]|\{(?P<least>\d+),?(?P<most>\d*)\}")
"""What matters to the structure of an expression: escapes and classes as a whole, groups, alternatives, repetitions."""


def main() -> None:
    """Write the data file and the licence, and say how many rules there are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gitleaks", type=Path)
    clone = parser.parse_args().gitleaks
    upstream = tomllib.loads(_shown(clone, "config/gitleaks.toml"))
    own = tomllib.loads((HERE / "secret_rules.toml").read_text())
    known = (rule for rule in (*upstream["rules"], *own["rules"]) if "regex" in rule and rule["id"] not in LEFT_OUT)
    rules = [_rule(rule, own) for rule in known]
    upstream["allowlist"]["regexes"] += own["allowed"]["regexes"]
    TARGET.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(rule, sort_keys=True) for rule in rules)
    head = json.dumps({"source": f"gitleaks {_commit(clone)}", "allowed": _allowed(upstream["allowlist"], "")}, sort_keys=True)
    (TARGET / "rules.json").write_text(f'{head[:-1]}, "rules": [\n{lines}\n]}}\n')
    (TARGET / "LICENSE.gitleaks").write_text(_shown(clone, "LICENSE"))
    print(f"{len(rules)} rules, {len(own['rules'])} of them our own")


def _rule(rule: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    long = CHANGED.get(rule["id"], rule["regex"])
    regex = _without_words_before(long)
    screen = rule.get("screen") or KEYWORDS.get(rule["id"]) or _screen(rule["id"], regex)
    made: dict[str, Any] = {"regex": regex, "screen": _with_fewer_states(screen)}
    is_weak = regex != long or rule.get("weak") or rule["id"] in BY_CONTEXT
    added = (*own["added"].get(rule["id"], ()), *((own["weak"],) if is_weak else ()))
    if allowed := [_allowed(one, regex) for one in (*rule.get("allowlists", ()), *added)]:
        made["allowed"] = allowed
    if regex != long:
        made["assigned"] = True
    return {key: rule[key] for key in ("id", "entropy", "keywords", "path", "secretGroup", "kinds") if key in rule} | made


def _screen(id_: str, regex: str) -> str:
    before, follows, _ = regex.partition(AFTER_KEYWORD)
    if id_ == WHOLE:
        return regex.replace(VALUE, FOUND_VALUE)
    if id_ in BEGUN or not follows:
        return _begun(regex)
    return before + ")" * (before.count("(") - before.count(")"))


def _with_fewer_states(screen: str) -> str:
    """Return an expression that matches where a screen does, with any case of letters and no most of repetitions: with fewer states."""

    def without_most(part: re.Match[str]) -> str:
        if not part["most"]:
            return part[0]
        return {"0": "*", "1": "+"}.get(part["least"], f"{{{part['least']},}}")

    flags = "(?im)" if "(?im)" in screen else "(?i)"
    return flags + PARTS.sub(without_most, CASE.sub(lambda flag: "(?:" if flag[1] else "", screen))


def _begun(regex: str) -> str:
    """Return an expression up to its first long repetition, shortened: it matches wherever the whole does, and an automaton counts less.

    Where alternatives or optional groups are around that repetition, the expression is returned as it is.
    """
    opened: list[int] = []
    for part in PARTS.finditer(regex):
        if part[0] == "(":
            opened.append(part.start())
        elif part[0] == ")":
            opened.pop()
        elif int(part["least"] or 0) >= LONG:
            return regex if _has_choice(regex, opened) else f"{regex[: part.start()]}{{{KEPT}}}" + ")" * len(opened)
    return regex


def _has_choice(regex: str, opened: Sequence[int]) -> bool:
    """Tell whether alternatives stand beside a place, in the whole expression or in one of the groups around it that begin at `opened`."""
    starts, around = [], list(opened)
    for part in PARTS.finditer(regex):
        if part[0] == "(":
            starts.append(part.start())
        elif part[0] == ")":
            start = starts.pop()
            if start in around and regex[part.end() : part.end() + 1] in ("*", "?", "{"):
                return True
        elif part[0] == "|" and (not starts or starts[-1] in around):
            return True
    return False


def _without_words_before(regex: str) -> str:
    for long, short in WORDS_BEFORE:
        if regex.startswith(long):
            return short + regex.removeprefix(long)
    return regex


def _allowed(found: dict[str, Any], regex: str) -> dict[str, Any]:
    """Return an allowlist. Values that are secrets by their form are left out: code hosts refuse files that hold them."""
    values = [one for one in found.get("regexes", ()) if not (regex and re2.search(regex, one))]
    words = set(found.get("stopwords", ()))
    shortest = sorted(word for word in words if not any(other in word for other in words - {word}))
    kept = {"regexes": values, "paths": found.get("paths", ()), "stopwords": shortest}
    return {
        **{key: value for key, value in kept.items() if value},
        **({"target": found["regexTarget"]} if "regexTarget" in found else {}),
        **({"all": True} if found.get("condition", "").upper() in ("AND", "&&") else {}),
    }


def _shown(clone: Path, path: str) -> str:
    return subprocess.run(["git", "-C", clone, "show", f"HEAD:{path}"], check=True, capture_output=True, text=True).stdout


def _commit(clone: Path) -> str:
    return subprocess.run(["git", "-C", clone, "describe", "--tags", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
