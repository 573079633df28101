"""Prints what checks found, a line for each, with what to do where something is wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from memoryd.faces.cli.output.printing import print_text
from memoryd.text import escaped

if TYPE_CHECKING:
    from memoryd.faces.install import Finding

EXIT_WRONG = 3


def print_findings(findings: "Sequence[Finding]") -> int:
    """Print findings; return the exit code that they call for."""
    width = max((len(one.what) for one in findings), default=0)
    for one in findings:
        told = f"{one.found}; {one.next}" if one.next else one.found
        print_text(f"{'ok' if one.is_well else 'wrong':5}  {one.what:{width}}  {escaped(told)}\n")
    return exit_code(findings)


def exit_code(findings: "Sequence[Finding]") -> int:
    """Return the exit code that findings call for."""
    return 0 if all(one.is_well for one in findings) else EXIT_WRONG
