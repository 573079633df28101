"""Runs one target under atheris, in a process of its own: `python -m scripts.fuzz.engine TARGET FOLDER [OPTION …]`."""

import sys
from pathlib import Path

INSTRUMENTED = ["indexers", "memoryd"]


def main() -> None:
    """Throw inputs at a target until the time is over or a promise is broken; new inputs go to the folder."""
    import atheris

    name, folder, *options = sys.argv[1:]
    with atheris.instrument_imports(include=INSTRUMENTED):
        from scripts.fuzz.targets import target

        found = target(name)
        inputs = Path(folder)
        for number, seed in enumerate(found.seeds()):
            (inputs / f"seed-{number}").write_bytes(seed)
            found.check(seed)  # what is imported late is instrumented, too
    atheris.Setup([sys.argv[0], folder, *options], found.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
