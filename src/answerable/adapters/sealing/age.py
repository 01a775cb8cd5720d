"""How is a stream sealed with age? By its library, a mebibyte at a time."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyrage

from answerable.adapters.sealing.piping import BUFFER, Pipe

BEGINS = b"age-encryption.org/"


def new_identity() -> tuple[str, str]:
    """Return a new identity and its recipient, both as text."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(source: Pipe, target: Pipe, recipients: Sequence[str]) -> None:
    """Write what `source` gives to `target`, sealed to every recipient."""
    keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    buffered = io.BufferedWriter(target, BUFFER)  # type: ignore[type-var]
    pyrage.encrypt_io(io.BufferedReader(source, BUFFER), buffered, keys)
    buffered.flush()


def unseal(source: Pipe, target: Pipe, identity: bytes) -> None:
    """Write what was sealed to `target`. Whatever comes before a fault is no answer."""
    key = pyrage.x25519.Identity.from_str(_secret(identity))
    buffered = io.BufferedWriter(target, BUFFER)  # type: ignore[type-var]
    pyrage.decrypt_io(io.BufferedReader(source, BUFFER), buffered, [key])
    buffered.flush()


def _secret(identity: bytes) -> str:
    """Return the one secret line of an identity file: `age-keygen` writes comments around it."""
    lines = [line.strip() for line in identity.decode().splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")
