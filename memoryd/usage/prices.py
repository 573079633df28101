"""The prices of models on a day, from the table that `genai-prices` ships. Nothing is downloaded; what has no price has none.

The table is large, so what was looked up is kept for as long as its version is the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from memoryd.usage.kept import Kept
from memoryd.usage.requests import Tokens, Where

PACKAGE = "genai-prices"
PROVIDERS = {"Claude Code": "anthropic", "Codex": "openai", "Gemini CLI": "google"}
MILLION, THOUSAND = 1e6, 1e3
FIELDS = ("input_mtok", "cache_read_mtok", "cache_write_mtok", "cache_write_1h_mtok", "output_mtok", "web_searches_kcount")
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars for a token of each kind, and for a search."""

    input: float
    read: float
    write_5m: float
    write_1h: float
    output: float
    search: float

    def cost(self, tokens: Tokens) -> float:
        """Return what some tokens cost."""
        return self.of_input(tokens) + self.of_read(tokens) + self.of_write(tokens) + self.of_output(tokens)

    def of_input(self, tokens: Tokens) -> float:
        """Return what the input cost that was neither read from a cache nor written to one."""
        return tokens.input * self.input

    def of_read(self, tokens: Tokens) -> float:
        """Return what reading from the cache cost."""
        return tokens.read * self.read

    def of_write(self, tokens: Tokens) -> float:
        """Return what writing to the cache cost."""
        return tokens.write_5m * self.write_5m + tokens.write_1h * self.write_1h

    def of_output(self, tokens: Tokens) -> float:
        """Return what was written cost, with searches of the web."""
        return tokens.output * self.output + tokens.searches * self.search


@dataclass(frozen=True, slots=True)
class Priced:
    """The rates of a model: each from a number of tokens of input on, the smallest first. Without any it has no price."""

    tiers: tuple[tuple[int, Rates], ...]

    def tier(self, context: int) -> int:
        """Return which tier a request of some tokens is in."""
        at = 0
        for place, (start, _) in enumerate(self.tiers):
            at = place if context > start else at
        return at


class Prices:
    """Looks up prices."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._version = _version()
        self._known: dict[tuple[str, str, str, int], Priced] = {}
        self._stored = kept.rates(self._version)
        self._new: dict[str, Any] = {}

    @property
    def source(self) -> str:
        """Where the prices are from."""
        return f"{PACKAGE} {self._version}"

    def of(self, where: Where, at: int) -> Priced:
        """Return the rates of the model that requests went to, on the day of a time in milliseconds."""
        key = where.client, where.model, where.speed, at // DAY_MS
        if key not in self._known:
            name = "\0".join(map(str, key))
            if name not in self._stored:
                self._stored[name] = self._new[name] = _looked_up(PROVIDERS.get(where.client), where.model, where.speed, at)
            self._known[key] = Priced(tuple((start, Rates(*rates)) for start, rates in self._stored[name]))
        return self._known[key]

    def keep(self) -> None:
        """Keep what was looked up."""
        if self._new:
            self._kept.keep_rates(self._version, self._new)
            self._new = {}


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def _looked_up(provider: str | None, model: str, speed: str, at: int) -> list[tuple[int, list[float]]]:
    """Return the tiers of a model's prices, none if it has no price."""
    from genai_prices.data_snapshot import get_snapshot

    day = datetime.fromtimestamp(at // DAY_MS * DAY_MS / 1000 + DAY_MS / 2000, UTC)
    found = None
    for one in (provider, None):
        try:
            found = get_snapshot().find_provider_model(model, None, one, None)[1] if model else None
            break
        except LookupError:
            continue
    if found is None:
        return []
    prices = found.get_prices(day, {"speed": speed} if speed else None)
    told = [getattr(prices, field, None) for field in FIELDS]
    if told[0] is None or told[4] is None:
        return []
    starts = sorted({0, *(tier.start for price in told for tier in getattr(price, "tiers", ()))})
    return [(start, _rates([_at(price, start) for price in told])) for start in starts]


def _at(price: Any, start: int) -> float | None:
    if price is None:
        return None
    if hasattr(price, "tiers"):
        applying = [tier.price for tier in price.tiers if tier.start <= start]
        return float(applying[-1] if applying else price.base)
    return float(price)


def _rates(told: list[float | None]) -> list[float]:
    """Return rates for one token; a kind without a price of its own is input, and an hour's write one of five minutes."""
    given, read, write, of_hour, made, search = told
    assert given is not None
    assert made is not None
    write = given if write is None else write
    mtok = [given, given if read is None else read, write, write if of_hour is None else of_hour, made]
    return [*(one / MILLION for one in mtok), (search or 0) / THOUSAND]


Lookup = Callable[[Where, int], Priced]
"""What returns the prices of requests at a time: those that were paid, or in a what-if."""
