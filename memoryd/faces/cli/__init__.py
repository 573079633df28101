"""The command line parses arguments, asks the core, and prints. A command is a function in the module of its subject.

Exit codes: 0 done or fresh; 1 failure; 2 usage; 3 `reindex --check` found the index stale, `verify` something damaged,
`note check` or `note verify` a note disproved, `audit` something missing, `install` or `doctor` something that does not work,
`tests --changed` that all tests should run; 130 interrupted.
Only click is imported until a command runs: `memoryd --help` answers at once.
"""

import io
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from memoryd import __version__
from memoryd.advice import Face
from memoryd.errors import EXHAUSTED, EmbedderUnknown, IndexStale, MemorydError, NoteRefused, UsageError, is_exhaustion
from memoryd.faces.cli import ask, clients, daemon, doctor, fleet, graph, index, notes, remotes, sessions, usage
from memoryd.faces.cli.commands import HELP, Commands, page_help
from memoryd.faces.cli.completion import VARIABLE, completion
from memoryd.faces.cli.output import ReaderGone, print_text, say
from memoryd.runtime import check_system, lighten_lancedb
from memoryd.text import escaped

EXIT_FAILURE, EXIT_USAGE, EXIT_STALE, EXIT_INTERRUPTED = 1, 2, 3, 130

EPILOG = """\b
Start with:
  memoryd pack "how are routes registered"    evidence for a task, within a token budget
  memoryd map                                 what is where in this project
  memoryd show src/app.py:10-40               what a pack left out

Exit codes: 0 done (also where nothing was found), 1 failure, 2 usage, 3 what was checked does not hold
(`reindex --check`, `verify`, `note check`, `note verify`, `audit`, `install`, `doctor`,
`tests --changed`), 130 interrupted.
Settings: MEMORYD_HOME (where indexes live), MEMORYD_EMBEDDER, MEMORYD_WORKERS, MEMORYD_SECRETS.
"""


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": [*HELP], "max_content_width": 110})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda *given: _version(*given), help="Print the version."
)
def cli() -> None:
    """Remember a project, so that a coding agent need not read it again.

    memoryd indexes a repository once, follows its changes, and answers a task with a pack: the evidence, within a token
    budget, checked against the files on disk. Nothing leaves this machine.
    """


for command in (
    ask.pack, ask.search, ask.show, ask.map_, index.reindex, index.status, index.languages, index.verify, index.watch,
    index.export, index.import_, remotes.remote, notes.note, notes.audit, daemon.mcp, daemon.serve, daemon.daemon, daemon.token, daemon.ui,
    clients.install, clients.uninstall, *graph.commands(), sessions.hook, sessions.hooks, sessions.observe, usage.usage,
    doctor.doctor, fleet.fleet, completion,
):  # fmt: skip
    cli.add_command(command)
cli.also = {"index": "reindex", "notes": "note"}
page_help(cli)


class _Messages(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"memoryd: {escaped(record.getMessage())}"


def main() -> None:
    """Run a command; translate every error into one line that says what to do, and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    lighten_lancedb()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Messages())
    handler.setLevel(logging.WARNING)  # also where a daemon logs more than that to its file
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    code = _exit_code(lambda: _supported(lambda: cli(standalone_mode=False, complete_var=VARIABLE)))
    if code == EXIT_INTERRUPTED:
        # Threads of libraries may still be at work that nobody waits for.
        _flush()
        os._exit(code)
    sys.exit(code)


def _supported(run: Callable[[], Any]) -> Any:
    """Run a command; where it fails for want of POSIX, raise `SystemUnsupported`. What needs none works anywhere."""
    try:
        return run()
    except ModuleNotFoundError:
        check_system()
        raise


def _exit_code(run: Callable[[], Any]) -> int:
    try:
        result = run()
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        say("interrupted; the index is whole, run the command again to finish")
        return EXIT_INTERRUPTED
    except IndexStale as error:
        say(str(error))
        return EXIT_STALE
    except NoteRefused as error:
        say("the note is refused:")
        for reason in error.reasons:
            say(f"- {reason}")
        if error.advice:
            say(error.advice.to(Face.SHELL))
        return EXIT_USAGE
    except MemorydError as error:
        say(str(error))
        # Who names an embedder is at the command line; to a client of the daemon it is of the machine.
        return EXIT_USAGE if isinstance(error, (UsageError, EmbedderUnknown)) else EXIT_FAILURE
    except (ReaderGone, BrokenPipeError):
        # A reader that left is no error; write no more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        say(f"{error}; free what it lacks, or give memoryd the right to it, and run the command again")
        return EXIT_FAILURE
    except BaseException as error:  # a panic in LanceDB is no `Exception`
        if not is_exhaustion(error):
            raise
        say(EXHAUSTED)
        return EXIT_FAILURE
    return result if isinstance(result, int) else 0


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()


def _version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        print_text(f"memoryd {__version__}\n")
        context.exit()
