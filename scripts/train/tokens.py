"""Makes `memoryd/data/o200k_base.tokens`, the ranks of OpenAI's o200k_base encoding, from an npm package that contains them.

    python -m scripts.train.tokens                         # runs `npm pack tiktoken`
    python -m scripts.train.tokens tiktoken-1.0.22.tgz     # or a tarball of `tiktoken` or `js-tiktoken`

Nothing is written unless the ranks are, byte for byte, those of the file that OpenAI publishes.
"""

import argparse
import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

from memoryd.tokens import Vocabulary, packed

TARGET = Path(__file__).parents[2] / "memoryd" / "data" / "o200k_base.tokens"
# Of `o200k_base.tiktoken`, as `tiktoken_ext/openai_public.py` states it.
PUBLISHED_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
MEMBERS = ("package/encoders/o200k_base.json", "package/dist/ranks/o200k_base.js")


def main() -> None:
    """Write the data file and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tarball", nargs="?", type=Path)
    tarball = parser.parse_args().tarball
    with tempfile.TemporaryDirectory() as folder:
        tokens = read_ranks(tarball or npm_pack("tiktoken", Path(folder)))
    check(tokens)
    ranks = {token: rank for rank, token in enumerate(tokens)}
    data = packed(ranks)
    if Vocabulary(data).ranks() != ranks:
        raise SystemExit("the file does not hold what was written to it")
    TARGET.write_bytes(data)
    print(f"{TARGET.name}: {len(tokens):,} tokens in {len(data):,} bytes")


def npm_pack(package: str, folder: Path) -> Path:
    """Download an npm package into `folder` and return its tarball."""
    done = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    return folder / done.stdout.split()[-1]


def read_ranks(tarball: Path) -> list[bytes]:
    """Return the tokens in the order of their ranks."""
    with tarfile.open(tarball) as archive:
        name = next(name for name in archive.getnames() if name in MEMBERS)
        member = archive.extractfile(name)
        source = member.read().decode() if member else ""
    found = re.search(r'"bpe_ranks":"! 0 ([^"]+)"', source)
    if not found:
        raise SystemExit(f"{tarball}: no ranks that start at 0")
    return [base64.b64decode(token) for token in found[1].split()]


def check(tokens: list[bytes]) -> None:
    """Stop unless the tokens are the published ones."""
    published = b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(tokens))
    if hashlib.sha256(published).hexdigest() != PUBLISHED_SHA256:
        raise SystemExit("these are not the ranks that OpenAI publishes")


if __name__ == "__main__":
    main()
