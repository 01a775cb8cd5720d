"""How does a job wall itself in before it reads a byte? The last steps, which only the process itself can take.

1  limits: memory, processor time, files; no file is written, no core is left
2  an account without rights, where the process had any, and no capability
3  no new privileges; it ends with its keeper, which is said here because a change of account unsays it
4  files, by Landlock
5  calls of the kernel, by seccomp
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable

from answerable.adapters.sandbox import landlock, linux, seccomp
from answerable.adapters.sandbox.limits import Limits
from answerable.adapters.sandbox.view import is_open_to_all

_NOBODY = 65534


def confine(limits: Limits, view: tuple[str, ...], *, skip: frozenset[str]) -> dict[str, str]:
    """Put up every wall that this machine has, and return those that it has not, by name, and why."""
    missing: dict[str, str] = {}

    def attempt(name: str, wall: Callable[[], None]) -> None:
        try:
            if name in skip:
                raise OSError(0, "left out")
            wall()
        except (OSError, ValueError) as fault:
            missing[name] = getattr(fault, "strerror", "") or str(fault)

    attempt("memory", lambda: _limit(resource.RLIMIT_AS, limits.memory))  # 1
    attempt("processor time", lambda: _limit(resource.RLIMIT_CPU, limits.cpu))
    attempt("files", lambda: _few_files(limits))
    attempt("account", lambda: _become_nobody(view))  # 2
    attempt("capabilities", linux.drop_capabilities)
    attempt("no new privileges", lambda: linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1))  # 3
    attempt("leash", lambda: linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL))
    attempt("landlock", lambda: landlock.close_files(view, programs=limits.programs))  # 4
    attempt("seccomp", lambda: seccomp.close_the_kernel(programs=limits.programs))  # 5
    return missing


def _limit(what: int, value: int) -> None:
    # Soft and hard alike: the kernel then ends the job with a signal that nobody can catch.
    resource.setrlimit(what, (value, value))


def _few_files(limits: Limits) -> None:
    _limit(resource.RLIMIT_NOFILE, limits.files)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def _become_nobody(view: tuple[str, ...]) -> None:
    if os.geteuid() != 0:
        return
    if not is_open_to_all(view):
        raise OSError(0, "the program lies in a folder that is closed to others")
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
