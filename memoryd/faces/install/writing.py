"""A rewrite of a client's file: shown as a difference, then written. A file is replaced as a whole or not at all."""

import difflib
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from memoryd.errors import InstallRefused
from memoryd.faces.install.places import text_of
from memoryd.files import PRIVATE, replace_file, replace_likewise
from memoryd.secrets import masked_text

SECRET = re.compile(
    r"""((?<![\w-])(?=[\w-]*(?:token|secret|key|passw|auth|credential))[\w-]++["']?\s*+[:=]\s*+)(["'])(?:\\.|(?!\2)[^\\\n])*+\2""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A planned rewrite of a file: `before` and `after` are its texts, `None` for no file. `secret` is ours if it puts it there.

    `remarks` say what a user should know of the entry beyond the difference.
    """

    file: Path
    before: str | None
    after: str | None
    secret: str = field(default="", repr=False)
    remarks: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """The rewrite as a unified diff with little context, likely secrets blotted out."""
        old, new = ("/dev/null" if text is None else str(self.file) for text in (self.before, self.after))
        lines = difflib.unified_diff(_lines(self.before), _lines(self.after), old, new, n=1)
        shown = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
        return SECRET.sub(r"\1\2…\2", masked_text(shown.replace(self.secret, "…") if self.secret else shown))


def write(rewrite: Rewrite) -> None:
    """Replace the file as a whole, keeping its mode. Raises `InstallRefused`.

    A file that gets our secret is for our user alone from then on.
    """
    try:
        if text_of(rewrite.file) != rewrite.before:
            raise InstallRefused(f"{rewrite.file} was changed meanwhile by another program; nothing was written, run the command again")
        if rewrite.after is None:
            rewrite.file.unlink()
            with suppress(OSError):  # remove the folder that was made for the file, if it is empty
                if rewrite.file.parent.name.startswith("."):
                    rewrite.file.parent.rmdir()
        else:
            rewrite.file.parent.mkdir(parents=True, exist_ok=True)
            if rewrite.secret:
                replace_file(rewrite.file, rewrite.after.encode(), PRIVATE)
            else:
                replace_likewise(rewrite.file, rewrite.after.encode())
    except OSError as error:
        raise InstallRefused(
            f"cannot write {rewrite.file}: {error.strerror}; make its folder writable, or add by hand what `--print` shows"
        ) from error


def _lines(text: str | None) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text or "")
