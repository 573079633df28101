"""Follows the session that runs: a line for each request as it is written."""

import sys
import time
from pathlib import Path

from memoryd.config import read_settings, transcript_folders
from memoryd.faces.cli.output import print_text, say
from memoryd.faces.cli.usage.tables import clock
from memoryd.usage import Follower, Kept, Prices, Used, dollars, share, tokens

SECONDS = 1.0


def follow(transcripts: tuple[str, ...]) -> None:
    """Print a line for each request, until interrupted."""
    kept = Kept(read_settings().home)
    try:
        prices = Prices(kept)
        follower = Follower([Path(one).expanduser().absolute() for one in transcripts] or list(transcript_folders()), kept, prices.of)
        say("following the newest session; Ctrl-C ends it")
        while True:
            for used in follower.news():
                print_text(line_of(used))
            sys.stdout.flush()
            prices.keep()
            time.sleep(SECONDS)
    except KeyboardInterrupt:
        return
    finally:
        kept.close()


def line_of(used: Used) -> str:
    """Return the line for a request."""
    request = used.request
    cached = share(request.read / request.context if request.context else None)
    parts = [clock(request.at), f"context {tokens(request.context):>6}", f"{cached:>6} from cache", f"written {tokens(request.output):>6}"]
    parts.append(f"{dollars(None) if used.cost is None else f'${used.cost:.4f}':>9}")
    parts.append(f"{dollars(used.total)} in all")
    return "  ".join(parts) + (f"  {used.where.agent}" if used.where.agent else "") + "\n"
