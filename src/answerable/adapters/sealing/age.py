"""How is a stream sealed with age? By its library, 64 KiB at a time."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyrage

from answerable.adapters.sealing.piping import BUFFER, Gathered, Pipe

BEGINS = b"age-encryption.org/"


def new_identity() -> tuple[str, str]:
    """Return a new identity and its recipient, both as text."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(source: Pipe, target: Pipe, recipients: Sequence[str]) -> None:
    """Write what `source` gives to `target`, sealed to every recipient."""
    keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
    # The library holds the interpreter while it works: only where it calls Python, as here, can other threads have it.
    sealed = Gathered(target)
    pyrage.encrypt_io(io.BufferedReader(source, BUFFER), sealed, keys)
    sealed.flush()


def unseal(source: Pipe, target: Pipe, identity: bytes) -> None:
    """Write what was sealed to `target`. Whatever comes before a fault is no answer."""
    key = pyrage.x25519.Identity.from_str(_secret(identity))
    opened = Gathered(target)
    pyrage.decrypt_io(io.BufferedReader(source, BUFFER), opened, [key])
    opened.flush()


def _secret(identity: bytes) -> str:
    """Return the one secret line of an identity file: `age-keygen` writes comments around it."""
    lines = [line.strip() for line in identity.decode().splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")
