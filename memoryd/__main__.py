"""`python -m memoryd` is `memoryd`. A client's hook starts it for every event, so that alone is done without the command line."""

import sys


def main() -> None:
    """Run a command."""
    if sys.argv[1:2] == ["hook"] and len(sys.argv) == 3 and not sys.argv[2].startswith("-"):
        from memoryd.hook import main as send

        sys.exit(send(sys.argv[2]))
    from memoryd.faces.cli import main as run

    run()


if __name__ == "__main__":
    main()
