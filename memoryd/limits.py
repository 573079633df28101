"""How much may be asked for and written down: one table for every face. Standard library only, for the bridge."""

DEFAULT_BUDGET, MOST_BUDGET = 4_000, 1_000_000
"""Tokens of a pack."""
MOST_TOOL_BUDGET = 14_000
"""Tokens of a pack for a tool of an agent: more hardly ever fits into what clients show of a result."""
MAP_BUDGET = 2_000
"""Tokens of a map, where nobody says how many."""
DEFAULT_HITS, MOST_HITS = 10, 1_000
DEFAULT_PAGE, MOST_PAGE = 50, 500
"""Entries of one page of a list."""

LONGEST_TASK = 200_000
"""Characters of a task, and of a note's body as it is sent: a long log; the limit on bodies comes soon after."""
TASK_READ = 40_000
"""Characters of a task that are looked at; the rest of a pasted log repeats itself."""
MOST_HANDLES = 100
MOST_ITEMS, LONGEST_ITEM = 100, 4_096
"""Entries of the lists a note is made of, and of what notes are recalled for; characters of each, and of a title or a handle."""

DEFAULT_NOTES, MOST_NOTES = 8, 100
"""Notes of a recall."""
NOTE_BYTES = 64 * 1024
NOTE_TITLE, NOTE_BODY, NOTE_QUOTE, NOTE_TAG = 160, 32_000, 4_000, 40
"""Characters of each part of a note that is let in."""
NOTE_CLAIMS, NOTE_EVIDENCE, NOTE_TAGS = 40, 20, 20
"""How many of each a note may have."""
