"""Decides which lines of an output may be left out, by its kind. Pure. Every expression is linear.

Of a run that is what passed, what was merely done, and warnings said before in the same words; of diagnostics, a log, hits and listings
what repeats. A line that speaks of an error is never left out of a run or a log, nor are the lines around it.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from memoryd.observations.json_lines import shape
from memoryd.observations.kinds import Kind
from memoryd.observations.page_lines import sections_about

FIRST, LAST = 4, 12
"""The first and last lines, which are always kept."""
AROUND = 3
"""Lines kept before and after one that speaks of an error, in a log; in a run only what is known to be idle is left out at all."""
LONGEST = 400
"""Characters of a line that are looked at."""
EACH = 3
"""How many of the lines that are alike are kept: the first ones."""
HITS_EACH, LISTED_EACH = 4, 5
"""How many hits of a file, and how many names of a folder, are kept."""
HITS_ALONE, ALONE = 30, 0.8
"""How many hits are kept that stand in one file; they are taken for that where so many of the lines begin in different ways."""
COLOUR = re.compile(r"\x1b\[[0-9;]{0,20}m")
ALARM = re.compile(
    r"error|fail|fatal|panic|exception|traceback|abort|assert|denied|refused|undefined|unresolved|not found|cannot|can't|unable|invalid"
    r"|critical|severe|killed|timed? ?out|segfault|core dumped|warn|✕|✗|✘|×|❌|\bERR\b|\bnot ok\b",
    re.IGNORECASE,
)
IDLE = re.compile(
    r"\s*(?:"
    r"\.+$|[.sxX]{4,}\s*(?:\[ *\d+%\])?$|\S{1,200}\s[.sxX]+\s+\[ *\d+%\]$|[.S]{10,}\s+\d+ / \d+ "
    r"|✓|✔|√|PASS\b|ok\s+\d+\b|(?:ok|\?)\s+\S{1,200}\s+(?:\(cached\)|\[no test files\]|[\d.]+m?s)"
    r"|--- PASS: |=== (?:RUN|PAUSE|CONT|NAME) |Passed \S|\[\s*(?:OK|RUN|PASSED)\s*\]|Start +\d+: "
    r"|(?:Compiling|Downloading|Downloaded|Checking|Fresh|Unpacking|Installing|Fetching|Collecting|Using cached|Resolving)\b"
    r"|\* Getting \S{1,100} \("
    r"|Building wheel|Requirement already satisfied|Preparing metadata|Selecting previously|Preparing to unpack|Setting up |Get:\d|Hit:\d"
    r"|\[INFO\] (?:Download|Compiling|Copying|Nothing to|Using|skip|Scanning|---|$)|Progress \(\d"
    r"|=+> \S{1,80}(?: \S{1,80})?$|===> (?:Analyzing|Compiling|Fetching|Verifying)|Generated \S{1,80} app$|Running setup for "
    r"|> Task :\S{1,200}(?: UP-TO-DATE| NO-SOURCE| FROM-CACHE)?$"
    r"|\[ *\d+%\] |\[\d+/\d+\] |make\[\d+\]: |npm http|[⠀-⣿]"
    r"|(?:cc|gcc|g\+\+|clang|clang\+\+|c\+\+|ar|ld|ranlib|install|mkdir|cp|rm|libtool|ccache|rustc) -"
    r"|#\d+ (?:\[|sha256:|CACHED|DONE|extracting|transferring|[\d.]+ )"
    r")"
)
"""A line of a run that tells that something passed or was done."""
LOGGED = re.compile(r"\s*(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d|\s*\[?(?:debug|info|notice|warn(?:ing)?)\b", re.IGNORECASE)
"""How a line of a log begins: in a run, of such lines that are alike the first ones are kept."""
WARNED = re.compile(r"\[?\bwarn(?:ing|ings|ed)?\b\]?", re.IGNORECASE)
"""What makes a line an alarm that may well be repeated."""
WARNING = re.compile(r"\bwarning\b(?:\[[\w-]{1,60}\])?: (.{12,})", re.IGNORECASE)
"""The first line of a warning of a compiler, and what it says."""
DIGITS = re.compile(r"\d+")
OF_WARNING = re.compile(r"\s+\S|\d+ +[|│]")
"""How the lines of a warning begin that follow its first one."""
VARYING = re.compile(r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9a-fA-F]{12,}|\d+|\"[^\"]{0,80}\"|'[^']{0,80}'")
"""What differs between lines that are alike."""
HIT = re.compile(r"([^:\n]{1,300}):(?:\d+:)?")
PASSED = re.compile(r"(?:\sPASSED(?:\s+\[ *\d+%\])?|\.\.\. ok|\sPassed +[\d.]+ sec)\s*$")
"""The end of a line that names a test that passed."""
OF_A_PASS = re.compile(r"\s*(?:✓|✔|√|PASS\b|--- PASS|ok\b|=== RUN)")
"""The start of such a line; its name may well speak of errors."""
CODE = re.compile(r"\[([a-z][\w-]+)\]$|\b([A-Z]{1,4}\d{2,5}|TS\d+)\b|\s([a-z@][\w/@-]+)$")
"""The rule that a diagnostic is of."""
DEFINES = re.compile(r"\b(?:def|class|func|fn|function|interface|type|struct|enum|trait|impl|module|const|public|private|export)\b")


def keep(kind: Kind, lines: Sequence[str], asked: str) -> set[int]:
    """Return the lines of an output, by number from 0 on, that an agent should see, who `asked` for it by a command or in words."""
    if kind == Kind.JSON:
        return shape(lines)
    if kind == Kind.PAGE:
        return sections_about(lines, asked)
    kept = _KEPT[kind]([COLOUR.sub("", line[: 2 * LONGEST])[:LONGEST] for line in lines])
    return kept | set(range(min(FIRST, len(lines)))) | set(range(max(0, len(lines) - LAST), len(lines)))


def _run(lines: Sequence[str]) -> set[int]:
    idle = {number for number, line in enumerate(lines) if (IDLE.match(line) or PASSED.search(line)) and not _alarms(line)}
    logged = [number for number, line in enumerate(lines) if LOGGED.match(line) and not _alarms(WARNED.sub("", line))]
    first = _first_of([lines[number] for number in logged], lambda line: VARYING.sub("0", line), EACH)
    idle |= {number for place, number in enumerate(logged) if place not in first}
    said = _said_before(lines)
    idle |= said
    # A line that tells of an alarm may follow from what looks idle just before it.
    for number, line in enumerate(lines):
        if _alarms(line) and number not in idle:
            idle -= {number - 1, number + 1} - set(logged) - said
    return set(range(len(lines))) - idle


def _said_before(lines: Sequence[str]) -> set[int]:
    """Return the lines of warnings that were said `EACH` times before in the same words, but for numbers, of other places."""
    counts: Counter[str] = Counter()
    found = set[int]()
    for number, line in enumerate(lines):
        head = WARNING.search(line)
        if head is None:
            continue
        end = next((at for at in range(number + 1, len(lines)) if not OF_WARNING.match(lines[at]) or WARNING.search(lines[at])), len(lines))
        end += end < len(lines) and not lines[end].strip()
        what = DIGITS.sub("0", head[1])
        counts[what] += 1
        if counts[what] > EACH and not any(_alarms(WARNED.sub("", one)) for one in lines[number:end]):
            found.update(range(number, end))
    return found


def _alarms(line: str) -> bool:
    return ALARM.search(line) is not None and not OF_A_PASS.match(line) and not PASSED.search(line)


def _log(lines: Sequence[str]) -> set[int]:
    kept = _first_of(lines, lambda line: VARYING.sub("0", line), EACH)
    for number, line in enumerate(lines):
        if ALARM.search(line):
            kept.update(range(max(0, number - AROUND), min(len(lines), number + AROUND + 1)))
    return kept


def _diagnostics(lines: Sequence[str]) -> set[int]:
    return _first_of(lines, _rule, 2 * EACH)


def _rule(line: str) -> str:
    found = CODE.search(line.rstrip())
    return next(group for group in found.groups() if group) if found else VARYING.sub("0", line)


def _hits(lines: Sequence[str]) -> set[int]:
    if len(set(map(_path, lines))) > ALONE * len(lines):
        # The hits of a single file name no file.
        return set(range(min(HITS_ALONE, len(lines)))) | {number for number, line in enumerate(lines) if DEFINES.search(line)}
    kept = _first_of(lines, _path, HITS_EACH)
    return kept | {number for number, line in enumerate(lines) if DEFINES.search(line.partition(":")[2])}


def _path(line: str) -> str:
    found = HIT.match(line)
    return found[1] if found else line.rpartition("/")[0]


def _listing(lines: Sequence[str]) -> set[int]:
    return _first_of(lines, lambda line: line.rpartition("/")[0] if "/" in line else line[:10], LISTED_EACH)


def _first_of(lines: Sequence[str], key: Callable[[str], str], most: int) -> set[int]:
    """Return the first lines of those that have the same key."""
    counts: Counter[str] = Counter()
    kept = set()
    for number, line in enumerate(lines):
        name = key(line)
        counts[name] += 1
        if counts[name] <= most:
            kept.add(number)
    return kept


_KEPT: dict[Kind, Callable[[Sequence[str]], set[int]]] = {
    Kind.RUN: _run, Kind.DIAGNOSTICS: _diagnostics, Kind.LOG: _log, Kind.HITS: _hits, Kind.LISTING: _listing,
}  # fmt: skip
