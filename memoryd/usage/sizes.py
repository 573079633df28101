"""How large the outputs were that agents saw shortened: counted from what is kept of them, and remembered as a number."""

from pathlib import Path

from memoryd.config import SESSIONS_FOLDER, Settings, project_folder
from memoryd.errors import UnknownHandle
from memoryd.usage.kept import Kept


class Sizes:
    """The tokens of whole outputs."""

    def __init__(self, settings: Settings, kept: Kept) -> None:
        self._settings = settings
        self._kept = kept
        self._known: dict[str, int] | None = None

    def of(self, project: str, handle: str) -> int | None:
        """Return the tokens of an output of a project; `None` if it is not kept any more, and was not counted while it was."""
        if self._known is None:
            self._known = self._kept.sizes()
        if handle not in self._known:
            tokens = self._counted(Path(project), handle)
            if tokens is None:
                return None
            self._known[handle] = tokens
            self._kept.keep_size(handle, tokens)
        return self._known[handle]

    def _counted(self, project: Path, handle: str) -> int | None:
        from memoryd.observations import Observations
        from memoryd.tokens import counter

        for root in (project, *project.parents):  # an agent may work in a folder of its project
            folder = project_folder(self._settings, root) / SESSIONS_FOLDER
            if folder.is_dir():
                kept = Observations(folder)
                try:
                    return counter()(kept.show(handle).text)
                except UnknownHandle:
                    continue
                finally:
                    kept.close()
        return None
