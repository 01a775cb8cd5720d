"""Where do the files of a store lie, which are they, and are they still the same? A folder, or a bucket of an S3 store.

A place is listed once, when the store is opened. Files and folders whose names begin with a dot or an underscore are left
out, as writers mean them to be: they are not finished.
"""

from __future__ import annotations

import configparser
import hashlib
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import SEEK_CUR, SEEK_END, BufferedReader, BytesIO, RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol, cast

import obstore
from obstore.store import S3Store

_TAIL = 64 * 1024  # bytes: where a footer nearly always lies whole
_PATIENCE = timedelta(seconds=20)  # for all tries of one request together
_DIGESTS: OrderedDict[tuple[str, str], str] = OrderedDict()  # of this process, by address and mark
_MOST_DIGESTS = 100_000

Listed = dict[str, tuple["File", ...]]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was listed. `mark` is another one as soon as it is written anew."""

    path: str  # inside the place, as the read log names it
    address: str  # as the engines open it
    size: int
    mark: str


class Place(Protocol):
    """Where files lie."""

    @property
    def options(self) -> dict[str, str] | None:
        """What an engine needs to open an address, where it is no path of this machine."""

    def is_writable(self) -> bool | None:
        """Whether we could write there, None where that is not known."""

    def tables(self) -> Listed:
        """Return the files of each table, in the order of their paths."""

    def mark(self, file: File) -> str | None:
        """Return the mark that the file has now, or None where it is gone."""

    def footer(self, file: File) -> IO[bytes]:
        """Return something from which the footer can be read."""

    def opened(self, file: File) -> IO[bytes]:
        """Return the file, to be read anywhere."""

    def digest(self, file: File) -> str:
        """Return what says which bytes the file has: its SHA-256, or what the store says of them."""


class Folder:
    """A folder of this machine."""

    options: dict[str, str] | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    def is_writable(self) -> bool:
        """Whether this process could write into the folder."""
        return os.access(self._folder, os.W_OK)

    def tables(self) -> Listed:
        """Return the files of each sub-folder."""
        found: Listed = {}
        for table in sorted(self._folder.iterdir()):
            if table.is_dir():
                paths = sorted(path for path in table.rglob("*.parquet") if _is_finished(path.relative_to(table)))
                found[table.name] = tuple(self._file(path) for path in paths if path.is_file())
        return found

    def mark(self, file: File) -> str | None:
        """Return size, time of change in nanoseconds, and inode."""
        try:
            return _mark(Path(file.address).stat())
        except FileNotFoundError:
            return None

    def footer(self, file: File) -> IO[bytes]:
        """Return the file itself."""
        return self.opened(file)

    def opened(self, file: File) -> IO[bytes]:
        """Return the file."""
        return Path(file.address).open("rb")

    def digest(self, file: File) -> str:
        """Return the SHA-256, computed once for each state of the file."""
        key = (file.address, file.mark)
        if key not in _DIGESTS:
            with self.opened(file) as content:
                _DIGESTS[key] = hashlib.file_digest(cast("Any", content), "sha256").hexdigest()
            if len(_DIGESTS) > _MOST_DIGESTS:
                _DIGESTS.popitem(last=False)
        return _DIGESTS[key]

    def _file(self, path: Path) -> File:
        stat = path.stat()
        return File(path.relative_to(self._folder).as_posix(), str(path), stat.st_size, _mark(stat))


class Bucket:
    """A bucket, or a part of it, of an S3-compatible store: `s3://bucket/prefix`. Nothing is written."""

    def __init__(self, place: str, environ: Mapping[str, str]) -> None:
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        self._bucket, self._prefix = bucket, prefix.strip("/")
        self.options: dict[str, str] | None = settings(environ)
        self._store = S3Store(
            bucket,
            config=cast("Any", self.options),
            client_options={"allow_http": True, "timeout": "30s", "connect_timeout": "5s"},
            retry_config={"max_retries": 5, "retry_timeout": _PATIENCE},
        )

    def is_writable(self) -> None:
        """Of a bucket, only its keeper knows."""

    def tables(self) -> Listed:
        """Return the objects under each first part of a name below the prefix."""
        found: dict[str, list[File]] = {}
        for page in obstore.list(self._store, self._prefix or None, chunk_size=1_000):
            for each in page:
                path = PurePosixPath(each["path"]).relative_to(self._prefix)
                if len(path.parts) > 1 and path.suffix == ".parquet" and _is_finished(Path(*path.parts[1:])):
                    file = File(
                        path.as_posix(), f"s3://{self._bucket}/{each['path']}", each["size"], self._marked(dict(each))
                    )
                    found.setdefault(path.parts[0], []).append(file)
        return {table: tuple(sorted(files, key=lambda file: file.path)) for table, files in sorted(found.items())}

    def mark(self, file: File) -> str | None:
        """Return the entity tag and the version, as the store says them."""
        try:
            return self._marked(dict(obstore.head(self._store, self._key(file))))
        except FileNotFoundError:
            return None

    def footer(self, file: File) -> IO[bytes]:
        """Return the end of the object, as far as the footer reaches."""
        if file.size <= 12:
            return BytesIO(bytes(obstore.get_range(self._store, self._key(file), start=0, end=file.size)))
        end = self._last(file, _TAIL)
        length = int.from_bytes(end[-8:-4], "little") + 8
        return BytesIO(end if length <= len(end) else self._last(file, length))

    def opened(self, file: File) -> IO[bytes]:
        """Return the object, read in parts of a megabyte."""
        return BufferedReader(_Object(self._store, self._key(file), file.size), 1024 * 1024)

    def digest(self, file: File) -> str:
        """Return the mark: to compute more, every byte would have to come over the wire."""
        return file.mark

    def _last(self, file: File, length: int) -> bytes:
        start = max(0, file.size - length)
        return bytes(obstore.get_range(self._store, self._key(file), start=start, end=file.size))

    def _key(self, file: File) -> str:
        return file.address.removeprefix(f"s3://{self._bucket}/")

    @staticmethod
    def _marked(said: dict[str, Any]) -> str:
        version = f", version {said['version']}" if said.get("version") else ""
        return f"etag {str(said['e_tag']).strip(chr(34))}, {said['size']} bytes{version}"


class _Object(RawIOBase):
    """An object as a file that can be read anywhere."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store, self._key, self._size, self._at = store, key, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + {SEEK_CUR: self._at, SEEK_END: self._size}.get(whence, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        octets = bytes(obstore.get_range(self._store, self._key, start=self._at, end=end))
        buffer[: len(octets)] = octets
        self._at += len(octets)
        return len(octets)


def place_of(place: str | Path, environ: Mapping[str, str] = os.environ) -> Place:
    """Return the place that the desk's settings name."""
    return Bucket(str(place), environ) if str(place).startswith("s3://") else Folder(Path(place))


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return endpoint, region and keys from the standard variables of S3, and from the file of keys they name."""
    names = {
        "aws_access_key_id": "AWS_ACCESS_KEY_ID",
        "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
        "aws_session_token": "AWS_SESSION_TOKEN",
        "aws_region": "AWS_REGION",
    }
    found = {name: environ[variable] for name, variable in names.items() if environ.get(variable)}
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        found["aws_endpoint"] = endpoint
        found["aws_virtual_hosted_style_request"] = "false"
    if file := environ.get("AWS_SHARED_CREDENTIALS_FILE"):
        profile = environ.get("AWS_PROFILE", "default")
        keys = configparser.ConfigParser(interpolation=None)
        keys.read_string(Path(file).read_text(encoding="utf-8"))
        found = {name: keys[profile][name] for name in names if name in keys[profile]} | found
    return {"aws_region": "us-east-1"} | found


def _mark(stat: os.stat_result) -> str:
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"


def _is_finished(path: Path) -> bool:
    return not any(part.startswith((".", "_")) for part in path.parts)
