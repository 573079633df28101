"""Note files: their `format` and `front_matter`, the `folder` that holds them, and the `marks` of files from the memory tool."""

from memoryd.notes.file.folder import Broken, Folder, Shelf, path_of
from memoryd.notes.file.format import item_lines, read_note, write_note
from memoryd.notes.file.marks import AUTHOR, END, MARKED, content_of

__all__ = ["AUTHOR", "END", "MARKED", "Broken", "Folder", "Shelf", "content_of", "item_lines", "path_of", "read_note", "write_note"]
