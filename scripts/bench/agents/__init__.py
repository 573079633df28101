"""What concerns the sessions of agents.

hooks     what hooks cost their client
loop      what agents would have seen of the outputs of their tools
outlines  what they would have seen of long files
transcripts  what a transcript tells
usage     counting transcripts, beside another counter
"""

from scripts.bench.agents import hooks, loop, usage

__all__ = ["hooks", "loop", "usage"]
