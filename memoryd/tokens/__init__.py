"""Counts o200k_base tokens, exactly and offline: the ranks ship with the package, so tiktoken never downloads them."""

from memoryd.tokens.counting import TokenCount, TokenCounter, added, counter
from memoryd.tokens.vocabulary import Vocabulary, packed

__all__ = ["TokenCount", "TokenCounter", "Vocabulary", "added", "counter", "packed"]
