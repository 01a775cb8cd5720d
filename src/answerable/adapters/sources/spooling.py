"""Where do the parts of an answer wait while others are collected with it? On disk, sealed, in a file without a name.

The key is held in memory alone, and the file is gone when the process is: a crash leaves nothing to read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from answerable.errors import SealFailed

_HEAD = struct.Struct(">HQ")


class Spool:
    """Parts with their paths, given back in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - it is closed by `close`
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._parts = 0

    def add(self, path: str, content: bytes) -> None:
        """Keep a part."""
        name = path.encode()
        sealed = self._cipher.encrypt(_nonce(self._parts), content, name)
        self._parts += 1
        try:
            self._file.write(_HEAD.pack(len(name), len(sealed)) + name)
            self._file.write(sealed)
        except OSError as fault:
            raise SealFailed(
                "seal.not-written",
                what="The package could not be sealed.",
                why=f"{type(fault).__name__}: the disk is full or closed to us.",
                next_step="Make room; nothing half-made was left, and the worker tries again.",
            ) from fault

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Yield every part, and let go of the file."""
        self._file.seek(0)
        for number in range(self._parts):
            name_size, size = _HEAD.unpack(self._file.read(_HEAD.size))
            name = self._file.read(name_size)
            yield name.decode(), self._cipher.decrypt(_nonce(number), self._file.read(size), name)
        self.close()

    def close(self) -> None:
        """Let go of the file, and with it of what is in it."""
        self._file.close()


def _nonce(number: int) -> bytes:
    # The key is used for this one file, so a counter never comes twice.
    return number.to_bytes(12, "big")
