"""Usage: what sessions of agents cost, and what memoryd saved, from the transcripts that clients write. Counts, never text.

requests    the values: a request, where it belongs, sums of tokens
readers     what each client writes, as counts
kept        what was counted before
collecting  finds transcripts, and reads what is new in them
duplicates  counts each request once
following   the session that runs
sizes       how large shortened outputs were
prices      the prices of models on a day
figures     what is told of the requests
report      all of it
amounts     how amounts are written
"""

from memoryd.usage.amounts import dollars, share, tokens
from memoryd.usage.collecting import Collected, Found, collect, find
from memoryd.usage.duplicates import Counted, count_once, of_session
from memoryd.usage.figures import Cache, Comparison, Growth, Session, Sums, WhatIf, compare, dearest, why, with_cache, with_model
from memoryd.usage.following import Follower, Used
from memoryd.usage.kept import Kept
from memoryd.usage.prices import Prices
from memoryd.usage.report import GROUPS, Report, report_on
from memoryd.usage.sizes import Sizes

__all__ = [
    "GROUPS", "Cache", "Collected", "Comparison", "Counted", "Follower", "Found", "Growth", "Kept", "Prices", "Report", "Session", "Sizes",
    "Sums", "Used", "WhatIf", "collect", "compare", "count_once", "dearest", "dollars", "find", "of_session", "report_on", "share",
    "tokens", "why", "with_cache", "with_model",
]  # fmt: skip
