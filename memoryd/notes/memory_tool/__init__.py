"""The memory tool of Anthropic's API on top of notes: its commands (`tool`), and the files of `/memories` (`files`)."""

from memoryd.notes.memory_tool.tool import MemoryTool

__all__ = ["MemoryTool"]
