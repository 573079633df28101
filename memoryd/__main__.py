"""`python -m memoryd` is `memoryd`.

What clients start again and again, for an event or their status line, is done without the command line.
"""

import sys


def main() -> None:
    """Run a command."""
    if sys.argv[1:2] == ["hook"] and len(sys.argv) == 3 and not sys.argv[2].startswith("-"):
        from memoryd.standalone.hook import main as send

        sys.exit(send(sys.argv[2]))
    if sys.argv[1:] == ["usage", "statusline"]:
        from memoryd.standalone.statusline import main as tell

        sys.exit(tell())
    from memoryd.config import set_unless_given
    from memoryd.runtime import gc_paused

    # NumPy's BLAS reads it when it is loaded. Its threads go on spinning after each product, and ours are small: with them, a search
    # of a fleet costs a fifth more.
    set_unless_given("OPENBLAS_NUM_THREADS", "1")
    with gc_paused():
        from memoryd.faces.cli import main as run
    run()


if __name__ == "__main__":
    main()
