"""Seal or open one OpenPGP message between standard input and output: run as a script, with nothing of the desk.

The library holds the interpreter while it works, and only its way from file to file streams; in a process of its own
neither stops the desk. First come eight bytes with the length of the key, then the key, then the message.
"""

from __future__ import annotations

import os
import sys

import pysequoia


def _key() -> bytes:
    length = int.from_bytes(_exactly(8), "big")
    return _exactly(length)


def _exactly(size: int) -> bytes:
    content = b""
    while len(content) < size and (piece := os.read(0, size - len(content))):
        content += piece
    return content


def main(verb: str) -> None:
    """Do it."""
    key = _key()
    if verb == "seal":
        certificate = pysequoia.Cert.from_bytes(key)
        pysequoia.encrypt_file(recipients=[certificate], input="/dev/fd/0", output="/dev/fd/1", armor=False)
    else:
        secret = pysequoia.Tsk.from_bytes(key)
        pysequoia.decrypt_file(decryptor=secret.decryptor(), input="/dev/fd/0", output="/dev/fd/1")


if __name__ == "__main__":
    main(sys.argv[1])
