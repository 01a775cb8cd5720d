"""How is the kernel asked for what Python has no word for? One place for `ctypes`; every refusal is an `OSError`."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2


def system_call(number: int, *arguments: object) -> int:
    """Return what a system call without a name in the C library gives. Refuses with `OSError` where it fails."""
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments))


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name for new ones."""
    _checked(_libc.unshare(flags))


def prctl(option: int, value: int, argument: object = 0) -> None:
    """Set one property of this process."""
    zero = ctypes.c_ulong(0)
    _checked(_libc.prctl(option, ctypes.c_ulong(value), argument, zero, zero))


def mount(source: str, target: str, flags: int, *, kind: str | None = None) -> None:
    """Mount `source` at `target`."""
    typed = kind.encode() if kind else None
    _checked(_libc.mount(source.encode(), target.encode(), typed, ctypes.c_ulong(flags), None))


def unmount(target: str) -> None:
    """Let go of what is mounted at `target`."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH))


def drop_capabilities() -> None:
    """Give up every capability, those that a later program could gain included."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # the last one of this kernel, or we had no right to drop: then there is none to lose either
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
