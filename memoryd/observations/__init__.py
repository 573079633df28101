"""Observations: large outputs of tools, kept whole for a while under a handle, of which an agent sees some of the lines.

commands    what a command line runs, and whether its output may be shortened
kinds       what an output is: a test run, a build, diagnostics, a log, hits of a search, a listing, JSON, a page
json_lines  which lines show the shape of JSON
about       which parts of a text speak of what was asked for
page_lines  which sections of a page do
folding     which lines of a kind may be left out
shortened   the text that an agent sees in place of an output: lines of it, and what was left out
outlines    the outline of a long file, in its place
kept        the outputs themselves, on disk
"""

from memoryd.observations.kept import Headline, Observations
from memoryd.observations.kinds import RUNNING, Kind, kind_of
from memoryd.observations.outlines import LONG, Outline, names, outline
from memoryd.observations.shortened import LEAST, Shortened, shorten

__all__ = [
    "LEAST", "LONG", "RUNNING", "Headline", "Kind", "Observations", "Outline", "Shortened", "kind_of", "names",
    "outline", "shorten",
]  # fmt: skip
