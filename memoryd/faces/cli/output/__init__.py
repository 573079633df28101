"""What commands print: results to standard output, messages and progress to standard error.

printing  texts, pages and JSON, escaped
hits      the hits of a search
findings  what a check found
phases    the progress of a refresh, phase by phase
"""

from memoryd.faces.cli.output.findings import exit_code, print_findings
from memoryd.faces.cli.output.hits import drawn, told
from memoryd.faces.cli.output.phases import Estimate, progress
from memoryd.faces.cli.output.printing import ReaderGone, decoded, page_raw, print_json, print_pages, print_raw, print_text, say

__all__ = [
    "Estimate",
    "ReaderGone",
    "decoded",
    "drawn",
    "exit_code",
    "page_raw",
    "print_findings",
    "print_json",
    "print_pages",
    "print_raw",
    "print_text",
    "progress",
    "say",
    "told",
]
