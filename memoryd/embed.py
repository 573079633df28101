"""Embeds texts as vectors of unit length, by an embedder chosen by name. Nothing is downloaded unless a name asks for it.

`static` (the default, shipped) adds up one stored vector per wordpiece: no neural network runs, so a text costs microseconds
and the same text gives the same bytes on every run. `load` makes an embedder; a new kind of embedder is a row in `EMBEDDERS`.
"""

import hashlib
import os
import re
import unicodedata
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from indexers import identifier_parts
from memoryd.advice import INSTALL_EMBEDDER
from memoryd.errors import EmbedderUnavailable, EmbedderUnknown

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]


UNRELATED = (
    "a recipe for bread with flour and water", "the weather in the mountains this winter", "planting tomatoes in the garden in spring",
    "how to teach a child to swim", "the history of a medieval cathedral", "buying fresh fish in the morning",
    "a football match that ended without goals", "painting the kitchen walls yellow", "why do cats sleep all day",
    "a violin concerto played by an orchestra", "the doctor prescribed a medicine against fever", "ships crossing the ocean in a storm",
    "which wine goes with roasted chicken", "a horse galloping over the meadow", "repairing the roof of an old barn",
    "stars and planets seen with a telescope", "the price of apartments near the river", "learning to dance the tango",
    "a museum of ancient egyptian art", "knitting a woollen sweater for grandmother",
)  # fmt: skip
"""Texts that have nothing to do with software: what is no nearer to a project than they are is near by chance."""


class Embedder(Protocol):
    """Turns texts into vectors. `id` names model and revision; vectors of different ids are never mixed."""

    @property
    def id(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def is_quick(self) -> bool:
        """Whether a query takes less than a millisecond: sums of vectors do, a neural network does not."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 of shape (len(texts), dimensions): rows of unit length, zero for a text without words."""
        ...


def load(name: str) -> Embedder:
    """Return the embedder of a name: a scheme of `EMBEDDERS`, for some followed by a colon and a model. Callers share it.

    Raises `EmbedderUnavailable`, with what to do next, if there is no such embedder or it cannot be loaded.
    """
    scheme, _, rest = name.partition(":")
    if scheme not in EMBEDDERS:
        raise EmbedderUnknown(f"no embedder is called {name!r}; choose static, static:FOLDER, sentence-transformers:MODEL or hash")
    return _made(EMBEDDERS[scheme], rest)


@lru_cache(4)
def _made(make: "Callable[[str], Embedder]", rest: str) -> Embedder:
    return make(rest)


class StaticEmbedder:
    """The normalised sum of a text's lines; a line is the normalised sum of its wordpieces' vectors, each times the root of its count.

    So twenty called names weigh no more than the name that calls them; lines that list names in summaries weigh less (`LISTED`).
    Words are those of `split_identifier`.
    """

    is_quick = True

    def __init__(self, model: str, tokens: Sequence[str], vectors: npt.NDArray[np.int8], scales: Vectors) -> None:
        """Take int8 `vectors` (tokens, dimensions); a row times its `scales` is the vector of the token, weight included."""
        self.id = f"static-{model}-{WORDS_REVISION}"
        self.dimensions = vectors.shape[1]
        self._vectors = vectors
        self._scales = scales[:, None]
        self._ids = _Ids(Wordpieces(tokens))

    def embed(self, texts: Sequence[str]) -> Vectors:
        if len(texts) <= _FEW and (plain := self._plain(texts)) is not None:
            return plain
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _CHUNK):
            vectors[start : start + _CHUNK] = self._texts(texts[start : start + _CHUNK])
        return vectors

    def _plain(self, texts: Sequence[str]) -> Vectors | None:
        """Return what `_texts` does for lines without a repeated wordpiece, as words and most questions are, or `None` if one is another.

        SciPy takes a fifth of a second to import. Here each product is exact, so that sums in the same order are the same to the last bit.
        """
        if any("\n" in text for text in texts):
            return None
        lines = np.zeros((len(texts), self.dimensions), np.float32)
        for line, text in zip(lines, texts, strict=True):
            ids = np.sort(self._ids.of([text])[0]).tolist()
            if len({*ids}) < len(ids):  # NumPy's `unique` would first import its masked arrays
                return None
            for row in ids:
                line += self._vectors[row] * self._scales[row]
        weights = np.array([LISTED if text.startswith(_LISTS) else 1 for text in texts], np.float32)
        weights /= np.maximum(np.sqrt(np.einsum("ij,ij->i", lines, lines)), _SHORTEST)
        return _unit(lines * weights[:, np.newaxis])

    def _texts(self, texts: Sequence[str]) -> Vectors:
        from scipy.sparse import csr_array

        # The last line holds all lines past `_LINES`, so that the memory for a text is bounded.
        split = [text.split("\n", _LINES - 1) for text in texts]
        starts = np.zeros(len(texts) + 1, np.int32)
        np.cumsum([len(lines) for lines in split], out=starts[1:])
        lines = list(chain.from_iterable(split))
        vectors = self._lines(lines)
        weights = np.array([LISTED if line.startswith(_LISTS) else 1 for line in lines], np.float32)
        weights /= np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)), _SHORTEST)
        belongs: Any = csr_array((weights, np.arange(len(lines), dtype=np.int32), starts), shape=(len(texts), len(lines)))
        return _unit(belongs @ vectors)

    def _lines(self, lines: Sequence[str]) -> Vectors:
        from scipy.sparse import csr_array

        ids, starts = self._ids.of(lines)
        # Only the rows this chunk uses become floats: the whole table would be four times the file.
        used = np.zeros(len(self._vectors), np.bool_)
        used[ids] = True
        rows = np.flatnonzero(used)
        column = np.zeros(len(used), np.int32)
        column[rows] = np.arange(len(rows), dtype=np.int32)
        counts: Any = csr_array((np.ones(len(ids), np.float32), column[ids], starts), shape=(len(lines), len(rows)))
        counts.sum_duplicates()
        np.sqrt(counts.data, out=counts.data)
        sums: Vectors = counts @ (self._vectors[rows] * self._scales[rows])
        return sums


class HashEmbedder:
    """Feature hashing (Weinberger et al. 2009): a word adds +1 or -1 to one of 256 sums. Knows spelling only, needs no file."""

    id = "hash-256-1"
    dimensions = 256
    is_quick = True

    def __init__(self) -> None:
        self._ids = _Ids(lambda word: (zlib.crc32(word.encode("utf-8", "surrogatepass")) % (2 * self.dimensions),))

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        ids, starts = self._ids.of(texts)
        row = np.repeat(np.arange(len(texts)), np.diff(starts))
        np.add.at(vectors, (row, ids // 2), np.where(ids % 2, np.float32(1), np.float32(-1)))
        return _unit(vectors)


class SentenceTransformerEmbedder:
    """Any model that the sentence-transformers package can load."""

    is_quick = False

    def __init__(self, model: "SentenceTransformer", name: str, revision: str) -> None:
        self.id = f"sentence-transformers-{name}-{revision}"
        self._model = model
        self.dimensions = model.encode([""]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        filled = [index for index, text in enumerate(texts) if text.strip()]
        if filled:
            # A tokenizer in Rust takes no lone surrogate.
            clean = [texts[index].encode("utf-8", "replace").decode() for index in filled]
            vectors[filled] = self._model.encode(clean, convert_to_numpy=True, show_progress_bar=False)
        return _unit(vectors)


def load_static(folder: str) -> StaticEmbedder:
    """Load a model folder that `scripts/train/learn.py` or `distill.py` wrote; "" is the shipped one."""
    path = (Path(folder) if folder else files("memoryd").joinpath("data", "code-static")).joinpath("model.npz")
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            tokens = file["tokens"].tobytes().decode().split("\n")
            vectors, scales = file["vectors"], file["scales"]
            if not vectors.shape[:-1] == scales.shape == (len(tokens),) or (vectors.dtype, scales.dtype) != (np.int8, np.float32):
                raise ValueError("its parts do not fit together")
            return StaticEmbedder(str(file["model"]), tokens, vectors, scales)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        advice = "name a folder that scripts/train/learn.py wrote" if folder else "reinstall memoryd"
        raise EmbedderUnavailable(f"the static embedder cannot be read; {advice}", f"{path}: {error}") from error


def load_hash(rest: str) -> HashEmbedder:
    """Return the hash embedder, which has no variants."""
    if rest:
        raise EmbedderUnknown(f"the hash embedder takes nothing after its name, not {rest!r}; write: hash")
    return HashEmbedder()


def load_sentence_transformer(name: str) -> SentenceTransformerEmbedder:
    """Load a model by its path, offline, or by its public name, from the local cache or the network."""
    if not name:
        raise EmbedderUnknown("sentence-transformers needs a model; write: sentence-transformers:NAME or sentence-transformers:FOLDER")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbedderUnavailable("sentence-transformers is not installed", advice=INSTALL_EMBEDDER) from error
    folder = Path(os.path.expanduser(name))
    is_local = folder.is_dir()
    try:
        model = SentenceTransformer(str(folder) if is_local else name, local_files_only=is_local)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        advice = "check the name and the network, or give the folder of a model on this machine"
        raise EmbedderUnavailable(f"the model of MEMORYD_EMBEDDER cannot be loaded; {advice}", f"{name}: {error}") from error
    if is_local:
        return SentenceTransformerEmbedder(model, folder.resolve().name, _digest(folder))
    settings = getattr(getattr(model[0], "auto_model", None), "config", None)
    return SentenceTransformerEmbedder(model, name, str(getattr(settings, "_commit_hash", None) or "unversioned")[:12])


def _digest(folder: Path) -> str:
    """Return a digest of a model's weights and settings, its only revision when it comes from a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".txt", ".safetensors", ".bin"}):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


EMBEDDERS: dict[str, Callable[[str], Embedder]] = {
    "static": load_static,
    "sentence-transformers": load_sentence_transformer,
    "hash": load_hash,
}

WORDS_REVISION = 2
"""Part of the ids: raise it with every change that makes `split_identifier`, the wordpieces or the sums give other values."""

IDENTIFIER = re.compile(r"[^\W\d_]\w*|\d{2,}")
_END, _ENDED = "$", -1
"""What stands for the end of a text: among its runs, in which no text has it, and among ids."""
_SPACED = "".join(chr(code) if chr(code).isalnum() or chr(code) == "_" else _END if chr(code) == "\n" else " " for code in range(128))
"""A table for `str.translate` that blanks ASCII characters outside identifiers: three times as fast as a regular expression."""
_SPACED_BYTES = _SPACED.encode() + bytes(range(128, 256))
# Han, kana and hangul have no spaces between words; BERT takes Han characters one by one.
_HAN = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f])")
_LONGEST = 40
LISTED = 0.6
"""The weight of a line that lists names, as learnt in training (those of other lines came out between 0.9 and 1.1)."""

_LISTS = ("uses ", "defines ")
_SHORTEST = np.float32(1e-12)
_CHUNK = 512
"""The number of texts that are embedded at a time: what they need is small enough for the heap to keep it for the next ones."""
_FEW = 64
"""The number of texts, words of a query at most, up to which each is embedded by itself where that needs no sparse sums."""
_LINES = 64
"""The most lines of a text that are weighted one by one."""
_CACHE_SIZE = 100_000


def split_identifier(identifier: str) -> list[str]:
    """Return the words of one identifier in lower case, without accents: `getHTTPResponse_v2` gives get http response v 2.

    Runs of more than 40 characters without an underscore are hashes and encoded data: they give nothing.
    """
    plain = identifier
    if not identifier.isascii():
        spaced = _HAN.sub(r"_\1_", identifier)
        plain = "".join(character for character in unicodedata.normalize("NFD", spaced) if unicodedata.category(character) != "Mn")
    return [part for run in plain.split("_") if len(run) <= _LONGEST for part in identifier_parts(run)]


class _Ids(dict[str, bytes]):
    """A cache of the ids of words in each run of letters, digits and underscores: a repository repeats a run about ten times.

    Ids are kept as the bytes of an array: to join those of many runs takes a fifth of what a list of numbers would.
    """

    def __init__(self, ids_of_word: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()

        @lru_cache(_CACHE_SIZE)
        def of_word(word: str) -> bytes:
            return array("i", ids_of_word(word)).tobytes() if 0 < len(word) <= _LONGEST else b""

        self._of_word = of_word

    def __missing__(self, run: str) -> bytes:
        if run.islower() and run.isascii() and run.replace("_", "").isalpha():  # as most are: nothing but underscores splits it
            words: Iterable[str] = run.split("_")
        else:
            words = chain.from_iterable(map(split_identifier, IDENTIFIER.findall(run)))
        ids = b"".join(map(self._of_word, words))
        if len(self) >= _CACHE_SIZE:
            self.clear()
        self[run] = ids if run != _END else array("i", [_ENDED]).tobytes()
        return self[run]

    def of(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return the ids of all texts, one text after the other, and the offset of each text, then the total length."""
        # Cut as one text: that takes two thirds of the time that each by itself would.
        whole = "".join([f"{text} \n " for text in (text.replace("\n", " ") for text in texts)])
        if whole.isascii():
            spaced = whole.translate(_SPACED)
        else:  # what else stands between identifiers is found in each run, once
            spaced = whole.encode("utf-8", "surrogatepass").translate(_SPACED_BYTES).decode("utf-8", "surrogatepass")
        ids = np.frombuffer(b"".join(map(self.__getitem__, spaced.split())), np.int32)
        is_end = ids == _ENDED
        starts = np.zeros(len(texts) + 1, np.int32)
        starts[1:] = np.flatnonzero(is_end) - np.arange(len(texts))
        return ids[~is_end], starts


class Wordpieces:
    """Splits words greedily into the longest pieces of a WordPiece vocabulary (Wu et al. 2016, as in BERT); an unknown word has none."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._ids = {token: index for index, token in enumerate(tokens)}
        self._longest = max(map(len, tokens), default=0)

    def __call__(self, word: str) -> tuple[int, ...]:
        whole = self._ids.get(word)
        if whole is not None:
            return (whole,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                piece = self._ids.get(prefix + word[start:end])
                if piece is not None:
                    break
            else:
                return ()
            pieces.append(piece)
            start = end
        return tuple(pieces)


def _unit(vectors: Vectors) -> Vectors:
    """Scale every row to unit length, in place; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors
