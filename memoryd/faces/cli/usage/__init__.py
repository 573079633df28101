"""The command `usage`: what sessions cost, and what memoryd saved.

command   the options
groups    what the sides of a comparison are named by
tables    figures as tables of text
plots     figures as bars and curves of text
text      the whole report, for a terminal
values    the whole report as JSON and CSV
page      the whole report as one page
"""

from memoryd.faces.cli.usage.command import usage

__all__ = ["usage"]
