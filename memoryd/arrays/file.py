"""Saves named arrays as one sealed file, replaced as a whole, and maps it into memory: an array is not read before it is asked for.

It is an Arrow file with one row, whose columns are lists: the arrays. Its metadata say what they were made for. A checksum of all of
it follows, which is compared when it is loaded: what has the right one is what `save` wrote, so it is believed to belong together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeAlias, TypeVar
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from memoryd.errors import ResourcesExhausted, is_exhaustion
from memoryd.files import PRIVATE, is_sound, opened_file, replacing_quickly, seal, without_trailer

Values: TypeAlias = pa.Array | npt.NDArray[Any] | Sequence[str]
"""An array as it is saved: of Arrow, of numbers, or of texts."""


Identity: TypeAlias = tuple[int, int, int, int]
Made = TypeVar("Made")


class Damaged(Exception):
    """A file does not hold what was saved in it."""


COMPRESSION = "compression"
"""The metadata that say how the arrays of a file are compressed."""


class Arrays:
    """The arrays of a saved file, by name. Each is mapped, or decompressed, when it is first asked for."""

    def __init__(self, data: pa.Buffer, names: Sequence[str], made_for: Mapping[str, str], identity: Identity | None = None) -> None:
        self._data = data
        self.names = tuple(names)
        self.made_for = made_for
        self.identity = identity
        """What tells the file from all others, under whichever name; `None` for arrays in memory, and where it was replaced just then."""

    @classmethod
    def held(cls, arrays: Mapping[str, Values]) -> "Arrays":
        """Return arrays in memory that are not saved."""
        found = cls(pa.py_buffer(b""), tuple(arrays), {})
        found.__dict__["_whole"] = _batch(arrays, {})
        return found

    def array(self, name: str) -> pa.Array:
        """Return an array of Arrow."""
        return (self._decompressed(name) if COMPRESSION in self.made_for else self._whole.column(name)).values

    @cached_property
    def _whole(self) -> pa.RecordBatch:
        with pa.ipc.open_file(pa.BufferReader(self._data)) as opened:
            return opened.get_batch(0)

    def _decompressed(self, name: str) -> pa.Array:
        # Without compression Arrow would copy a chosen column, and map all of them.
        options = pa.ipc.IpcReadOptions(included_fields=[self.names.index(name)])
        with pa.ipc.open_file(pa.BufferReader(self._data), options=options) as opened:
            return opened.get_batch(0).column(0)

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """Return an array of numbers."""
        found: npt.NDArray[Any] = self.array(name).to_numpy()
        return found

    def integers(self, name: str) -> npt.NDArray[np.int64]:
        """Return an array of numbers as integers of 64 bits, whichever they were saved as."""
        return self.numbers(name).astype(np.int64)

    def texts(self, name: str) -> list[str]:
        """Return an array of texts as Python's, all of them."""
        found: list[str] = self.array(name).to_pylist()
        return found


def save(file: Path, arrays: Mapping[str, Values], made_for: Mapping[str, str], compression: str | None = None) -> None:
    """Write arrays to a file, which is replaced as a whole, without waiting for the disk. Raises `OSError` or `pyarrow.ArrowException`."""
    batch = _batch(arrays, {**made_for, **({COMPRESSION: compression} if compression else {})})
    with replacing_quickly(file, PRIVATE) as opened:
        _write(batch, opened, compression)
        seal(opened)


class Shared(Generic[Made]):
    """What was made of saved files: of one that several indexes share it is made once, and kept while any of them has it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: WeakValueDictionary[Identity, Made] = WeakValueDictionary()

    def of(self, found: Arrays, make: Callable[[Arrays], Made]) -> Made:
        """Return what `make` makes of the arrays of a file. Safe to use from several threads."""
        if found.identity is None:
            return make(found)
        with self._lock:
            made = self._made.get(found.identity)
            if made is None:
                made = self._made[found.identity] = make(found)
            return made


def made_for(file: Path) -> Mapping[str, str]:
    """Return what the metadata of a file say that its arrays were made for; nothing if there is none. No checksum is compared."""
    try:
        with _mapped(file) as data:
            return _metadata(without_trailer(data))[0]
    except (OSError, ValueError, pa.ArrowException):
        return {}


def load(file: Path, made_for: Mapping[str, str]) -> Arrays | None:
    """Map saved arrays into memory; `None` if there is no file, or its arrays were made for something else.

    Raises `Damaged`, and `ResourcesExhausted` where there is no memory to map them.
    """
    try:
        identity: Identity | None = _identity(file)
        with _mapped(file) as data:
            # Read, not looked at where it is mapped: what is mapped counts as ours from then on, whether or not it is asked for.
            if not is_sound(file):
                raise Damaged("the checksum is wrong")
            sound = pa.py_buffer(without_trailer(data))
            found, names = _metadata(sound)
        is_same = identity == _identity(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, pa.ArrowException) as error:
        if is_exhaustion(error):
            raise ResourcesExhausted(error) from error
        raise Damaged(str(error)) from error
    return Arrays(sound, names, found, identity if is_same else None) if made_for.items() <= found.items() else None


def _batch(arrays: Mapping[str, Values], metadata: Mapping[str, str]) -> pa.RecordBatch:
    columns = {name: _column(values) for name, values in arrays.items()}
    schema = pa.schema([pa.field(name, column.type) for name, column in columns.items()]).with_metadata({**metadata})
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)


def _write(batch: pa.RecordBatch, to: Any, compression: str | None) -> None:
    with pa.ipc.new_file(to, batch.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_batch(batch)


def _column(values: Values) -> pa.Array:
    if isinstance(values, np.ndarray):
        flat = pa.array(values)
    else:
        flat = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    return pa.LargeListArray.from_arrays(pa.array([0, len(flat)], pa.int64()), flat)


@contextmanager
def _mapped(file: Path) -> Iterator[memoryview]:
    with opened_file(file), pa.memory_map(str(file)) as mapped:  # Arrow would wait for a pipe
        yield memoryview(mapped.read_buffer())


def _identity(file: Path) -> Identity:
    found = file.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _metadata(data: pa.Buffer | memoryview) -> tuple[dict[str, str], list[str]]:
    with pa.ipc.open_file(pa.BufferReader(data)) as opened:
        found = {name.decode(): value.decode() for name, value in (opened.schema.metadata or {}).items()}
        return found, opened.schema.names
