"""Runs one target under atheris, in a process of its own: `python -m scripts.fuzz.engine TARGET INPUTS FOUND [OPTION …]`."""

import sys
from hashlib import sha256
from pathlib import Path

INSTRUMENTED = ["indexers", "memoryd"]


def main() -> None:
    """Throw inputs at a target until the time is over or a promise is broken; new inputs go to one folder, one that broke it to another."""
    import atheris

    name, folder, broken, *options = sys.argv[1:]
    with atheris.instrument_imports(include=INSTRUMENTED):
        from scripts.fuzz.targets import target

        found = target(name)
        inputs = Path(folder)
        for number, seed in enumerate(found.seeds()):
            (inputs / f"seed-{number}").write_bytes(seed)
            found.check(seed)  # what is imported late is instrumented, too

    def check(data: bytes) -> None:
        try:
            found.check(data)
        except BaseException:
            # The process may be killed by libFuzzer's own alarm before that has written the input.
            (Path(broken) / f"broke-{sha256(data).hexdigest()[:12]}").write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], folder, *options], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
