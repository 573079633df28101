"""Distil a sentence transformer into the static vectors of `memoryd.embed`: one vector a wordpiece, no network at run time.

    python -m scripts.train.distill MODEL --sources FOLDER...

The sources, any code, decide the weights: a wordpiece counts `a / (a + p)`, p its share in the sources (smooth inverse
frequency, Arora et al. 2017). model2vec guesses p from the order of the vocabulary, where `self` and `def` are rare words.
Needs: pip install 'model2vec[distill,quantization]', best in an environment of its own.
"""

import argparse
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from memoryd.embed import IDENTIFIER, Wordpieces, split_identifier

TARGET = Path(__file__).parents[2] / "memoryd" / "data" / "minilm-static"
LANGUAGES = {
    "python": (".py",), "javascript": (".js", ".mjs", ".cjs", ".ts", ".tsx"), "c": (".c", ".h", ".cc", ".cpp", ".hpp"),
    "go": (".go",), "rust": (".rs",), "java": (".java",),
}  # fmt: skip
LARGEST_FILE = 200_000
FILES_A_LANGUAGE = 2500


def main() -> None:
    """Write the model folder and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", help="name or folder of a sentence transformer with an uncased WordPiece vocabulary")
    parser.add_argument("--sources", nargs="+", type=Path, required=True, help="folders of code in which words are counted")
    parser.add_argument("--exclude", nargs="*", default=[], help="folder names to leave out: what the evaluation uses")
    parser.add_argument("--name", default="minilm-l6")
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--sif", type=float, default=1e-3, help="the a of the weights")
    parser.add_argument("--out", type=Path, default=TARGET)
    options = parser.parse_args()

    words = word_shares(options.sources, frozenset(options.exclude))
    tokens, vectors = distil(options.model, options.dimensions)
    weights = options.sif / (options.sif + token_shares(tokens, words))
    quantized, scales = quantize(vectors * weights[:, None])
    save(options.out, options.name, tokens, quantized, scales)


def word_shares(folders: Sequence[Path], excluded: frozenset[str]) -> dict[str, float]:
    """Return word → its share among all words, the mean over languages, so that the largest code base does not decide."""
    counts: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    for language, suffixes in LANGUAGES.items():
        for path in source_files(folders, suffixes, excluded):
            text = path.read_bytes()[:LARGEST_FILE].decode("utf-8", "replace")
            for identifier, times in Counter(IDENTIFIER.findall(text)).items():
                for word in split_identifier(identifier):
                    counts[language][word] += times
    present = {language: counter for language, counter in counts.items() if counter}
    shares: dict[str, float] = {}
    for language, counter in present.items():
        total = counter.total()
        print(f"{language}: {total:,} words, {len(counter):,} distinct")
        for word, times in counter.items():
            shares[word] = shares.get(word, 0.0) + times / total / len(present)
    return shares


def source_files(folders: Sequence[Path], suffixes: tuple[str, ...], excluded: frozenset[str]) -> Iterator[Path]:
    """Yield at most FILES_A_LANGUAGE files, in an order that depends on their names alone and mixes the folders."""
    found = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in suffixes and path.is_file() and not excluded.intersection(path.parts) and ".min." not in path.name
    ]
    return iter(sorted(found, key=lambda path: hashlib.sha256(path.name.encode()).digest())[:FILES_A_LANGUAGE])


def distil(model: str, dimensions: int) -> tuple[list[str], npt.NDArray[np.float32]]:
    """Return the tokens that can occur and their unweighted vectors after PCA, (tokens, dimensions)."""
    from model2vec.distill import distill

    static = distill(model, pca_dims=dimensions, sif_coefficient=None, device="cpu", quantize_to="float32")
    kept = [index for index, token in enumerate(static.tokens) if is_word(token)]
    return [static.tokens[index] for index in kept], static.embedding[kept]


def is_word(token: str) -> bool:
    """Return whether the run-time splitter can ever ask for this token."""
    bare = token.removeprefix("##")
    return split_identifier(bare) == [bare]


def token_shares(tokens: Sequence[str], words: dict[str, float]) -> npt.NDArray[np.float64]:
    """Return the share of each token among the pieces of all words, smoothed so that none is zero."""
    shares = np.full(len(tokens), 1e-9)
    pieces = Wordpieces(tokens)
    for word, share in words.items():
        np.add.at(shares, list(pieces(word)), share)
    normalized: npt.NDArray[np.float64] = shares / shares.sum()
    return normalized


def quantize(vectors: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return int8 rows and the float that each row is to be multiplied by."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def save(folder: Path, name: str, tokens: Iterable[str], vectors: npt.NDArray[np.int8], scales: npt.NDArray[np.float32]) -> None:
    """Write `model.npz`; the revision is a digest of what it holds."""
    joined = np.frombuffer("\n".join(tokens).encode(), np.uint8)
    revision = hashlib.sha256(joined.tobytes() + vectors.tobytes() + scales.tobytes()).hexdigest()[:10]
    model = f"{name}-{vectors.shape[1]}-{revision}"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".npz", delete=False) as file:
        np.savez(file, model=np.array(model), tokens=joined, vectors=vectors, scales=scales)
    path = Path(file.name).replace(folder / "model.npz")
    path.chmod(0o644)
    print(f"{model}: {len(scales):,} tokens, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
