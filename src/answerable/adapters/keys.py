"""Where do secrets come from, and how are papers kept unread at rest?

Keys are files that only the desk may read. What is kept is AES-256-GCM under one key, with the purpose and the name as
associated data, so that one sealed value cannot be passed off as another.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from answerable.adapters.files import write_once
from answerable.errors import NotConfigured

_NONCE = 12


def random_bytes(length: int) -> bytes:
    """Return `length` random bytes from the operating system."""
    return secrets.token_bytes(length)


def make_keys(folder: Path) -> None:
    """Make the desk's keys where they are missing: web.key, vault.key, log.key, log-ml-dsa.key. Never replaces one."""
    write_once(folder / "web.key", secrets.token_urlsafe(48).encode(), mode=0o600)
    write_once(folder / "vault.key", secrets.token_bytes(32), mode=0o600)
    write_once(folder / "log.key", Ed25519PrivateKey.generate().private_bytes_raw(), mode=0o600)
    write_once(folder / "log-ml-dsa.key", secrets.token_bytes(32), mode=0o600)


def quantum_safe_log_key(folder: Path) -> MLDSA44PrivateKey | None:
    """Return the second key that signs checkpoints, made of a seed of 32 bytes; None in a desk that is older than it."""
    path = folder / "log-ml-dsa.key"
    return MLDSA44PrivateKey.from_seed_bytes(_key(path)) if path.exists() else None


def log_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key that signs checkpoints."""
    return Ed25519PrivateKey.from_private_bytes(_key(folder / "log.key"))


def caution_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key that signs our feed of cautions, made the first time: it signs nothing else, as the log's does not."""
    write_once(folder / "caution.key", Ed25519PrivateKey.generate().private_bytes_raw(), mode=0o600)
    return Ed25519PrivateKey.from_private_bytes(_key(folder / "caution.key"))


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals bytes at rest."""

    _key: bytes

    @classmethod
    def open(cls, folder: Path) -> Vault:
        """Return the vault whose key lies in `folder`. Refuses where there is none."""
        return cls(_key(folder / "vault.key"))

    def name_for(self, name: str) -> str:
        """Return the name of the file for `name`: it says nothing to whoever has not the key."""
        return hashlib.blake2b(name.encode(), key=self._key, person=b"name of a file", digest_size=32).hexdigest()

    def seal(self, content: bytes, *, name: str) -> bytes:
        """Return `content` sealed under `name`."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, content, name.encode())

    def unseal(self, sealed: bytes, *, name: str) -> bytes:
        """Return what was sealed under `name`. Refuses a changed byte, another name or another key."""
        try:
            return AESGCM(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except InvalidTag as fault:
            raise NotConfigured(
                "keys.cannot-unseal",
                what="A stored paper or seed cannot be opened.",
                why="It was changed, or vault.key is not the key it was sealed with.",
                next_step="Restore the papers and vault.key from the same backup.",
            ) from fault


def _key(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise NotConfigured(
            "keys.missing",
            what=f"{path.name} is missing from the desk's keys.",
            why="Nothing is ever signed or sealed with a default key.",
            next_step=f"Restore {path.name} from your backup; a new desk makes its keys with `answerable setup`.",
        ) from fault
    if len(content) != 32:
        raise NotConfigured(
            "keys.damaged",
            what=f"{path.name} is not a key of 32 bytes.",
            why="The file was cut short or replaced.",
            next_step=f"Restore {path.name} from your backup.",
        )
    return content
