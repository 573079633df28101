"""Distils a sentence transformer into one static vector per wordpiece: a model of its own, and the start of `scripts.train.learn`.

    python -m scripts.train.distill MODEL --out FOLDER

As in model2vec, every wordpiece passes the network once, with mean pooling, then PCA. Wordpieces that the run-time splitter never
produces are left out. Needs: pip install 'model2vec[distill,quantization]', best in an environment of its own.
"""

import argparse
import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from memoryd.embed import split_identifier


def main() -> None:
    """Write the model folder and print what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", help="name or folder of a sentence transformer with an uncased WordPiece vocabulary")
    parser.add_argument("--name", default="minilm-l6")
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--out", type=Path, required=True, help="the folder that model.npz is written to")
    options = parser.parse_args()
    tokens, vectors = distil(options.model, options.dimensions)
    save(options.out, options.name, tokens, *quantize(vectors))


def distil(model: str, dimensions: int) -> tuple[list[str], npt.NDArray[np.float32]]:
    """Return the tokens that can occur and their vectors after PCA, of shape (tokens, dimensions)."""
    from model2vec.distill import distill

    static = distill(model, pca_dims=dimensions, sif_coefficient=None, device="cpu", quantize_to="float32")
    kept = [index for index, token in enumerate(static.tokens) if is_word(token)]
    return [static.tokens[index] for index in kept], static.embedding[kept]


def is_word(token: str) -> bool:
    """Tell whether the run-time splitter can produce this token."""
    bare = token.removeprefix("##")
    return split_identifier(bare) == [bare]


def quantize(vectors: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return the vectors as int8 rows, and the scale (float32) by which each row is to be multiplied."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def save(folder: Path, name: str, tokens: Iterable[str], vectors: npt.NDArray[np.int8], scales: npt.NDArray[np.float32]) -> None:
    """Write `model.npz`; the model's revision is a digest of its content."""
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
