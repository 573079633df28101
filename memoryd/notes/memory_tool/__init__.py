"""The memory tool of Anthropic's API on top of notes: its commands (`tool`), and what `/memories` holds (`files`)."""

from memoryd.notes.memory_tool.tool import MemoryTool

__all__ = ["MemoryTool"]
