"""What of the machine is there at all? A network without a way out, and a file system that holds the view and no more."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from answerable.adapters.sandbox import linux

_ROOT = "/tmp"  # noqa: S108 - a folder that is everywhere; what is mounted on it is seen by this process alone
_DEVICES = ("/dev/null", "/dev/urandom")
_LINKS = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")
_KEPT_FLAGS = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC


def leave(view: Iterable[str], *, skip: frozenset[str]) -> dict[str, str]:
    """Leave the machine's network and files for namespaces of our own, and return what did not work, by name, and why.

    Called once, by the process from which jobs are forked, before it forks the first.
    """
    missing: dict[str, str] = {}
    if os.geteuid() != 0:
        _attempt(missing, "user namespace", _own_users, skip=skip)
    _attempt(missing, "network namespace", _own_network, skip=skip)
    _attempt(missing, "mount namespace", lambda: _own_files(view), skip=skip)
    return missing


def own_processes(*, skip: frozenset[str]) -> dict[str, str]:
    """Let the next child be alone among processes: number 1 of a namespace, which ends with it."""
    missing: dict[str, str] = {}
    _attempt(missing, "process namespace", lambda: linux.unshare(linux.CLONE_NEWPID), skip=skip)
    return missing


def _attempt(missing: dict[str, str], name: str, attempt: Callable[[], None], *, skip: frozenset[str]) -> None:
    try:
        if name in skip:
            raise OSError(0, "left out")
        attempt()
    except OSError as fault:
        missing[name] = fault.strerror or type(fault).__name__


def _own_network() -> None:
    """Leave the machine's network for one without a device, and look whether that is so."""
    _unshare(linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS)
    if {name for _, name in socket.if_nameindex()} - {"lo"}:
        raise OSError(0, "the network is still there")


def _unshare(flags: int) -> None:
    try:
        linux.unshare(flags)
    except PermissionError:
        _own_users()  # root in a container may lack the right outside a user namespace of its own
        linux.unshare(flags)


def _own_users() -> None:
    """Become somebody in a user namespace, where an ordinary user may make the other ones."""
    user, group = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _own_files(view: Iterable[str]) -> None:
    """Put an empty file system in place of the machine's, with the folders of the view in it, closed to writing."""
    links = {path: str(Path(path).readlink()) for path in _LINKS if Path(path).is_symlink()}
    shown = [path for path in (*view, *_DEVICES) if not any(Path(path).is_relative_to(link) for link in links)]
    _unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", linux.MS_REC | linux.MS_PRIVATE)
    # Held open, because what is mounted next may hide some of them.
    handles = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in shown if Path(path).exists()}
    linux.mount("tmpfs", _ROOT, linux.MS_NOSUID | linux.MS_NODEV, kind="tmpfs")
    for path, handle in handles.items():
        _show(path, handle)
        os.close(handle)
    for path, target in links.items():
        Path(_ROOT + path).symlink_to(target)
    old = Path(_ROOT, "old")
    old.mkdir()
    _pivot(_ROOT, str(old))
    os.chdir("/")
    linux.unmount("/old")
    Path("/old").rmdir()
    linux.mount("none", "/", linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV)


def _show(path: str, handle: int) -> None:
    target = Path(_ROOT + path)
    if target.exists():
        return  # beneath a folder that is shown already
    target.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        target.mkdir()
    else:
        target.touch()
    linux.mount(f"/proc/self/fd/{handle}", str(target), linux.MS_BIND | linux.MS_REC)
    # Flags of a mount that is not ours cannot be taken away, only added to; those of devices are kept as they are.
    flags = os.statvfs(target).f_flag & _KEPT_FLAGS
    closed = linux.MS_RDONLY | linux.MS_NOSUID | (0 if path in _DEVICES else linux.MS_NODEV)
    linux.mount("none", str(target), linux.MS_REMOUNT | linux.MS_BIND | closed | flags)


def _pivot(new: str, old: str) -> None:
    number = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine)
    if number is None:
        raise OSError(38, "no call to change the root on this kind of machine")
    linux.system_call(number, new.encode(), old.encode())
