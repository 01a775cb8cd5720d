"""Which calls of the kernel may a job make? A short list; every other one is refused, a socket above all.

The filter is a program of the kernel's packet filter, see seccomp(2) and linux/filter.h: it loads the number of the call
and returns a verdict. It is written here, in forty lines, because the packages that wrap libseccomp are unmaintained or
need a library that is not installed everywhere. Numbers: asm/unistd_64.h and asm-generic/unistd.h of Linux 6.1.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from answerable.adapters.sandbox import linux

# name: (number on x86_64, number on aarch64); None where a machine of that kind has no such call.
_READING: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "lseek": (8, 62),
    "close": (3, 57), "fstat": (5, 80), "newfstatat": (262, 79), "stat": (4, None), "lstat": (6, None),
    "statx": (332, 291), "openat": (257, 56), "open": (2, None), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78), "getdents64": (217, 61),
    "getcwd": (79, 17), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "fcntl": (72, 25), "ioctl": (16, 29),
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72), "mmap": (9, 222),
    "munmap": (11, 215), "mremap": (25, 216), "mprotect": (10, 226), "madvise": (28, 233), "brk": (12, 214),
    "membarrier": (324, 283), "futex": (202, 98), "set_robust_list": (273, 99), "rseq": (334, 293),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "sigaltstack": (131, 132), "restart_syscall": (219, 128), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "clock_nanosleep": (230, 115), "nanosleep": (35, 101), "gettimeofday": (96, 169),
    "time": (201, None), "times": (100, 153), "getrusage": (98, 165), "getrandom": (318, 278), "getpid": (39, 172),
    "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176),
    "getegid": (108, 177), "getpgrp": (111, None), "uname": (63, 160), "sysinfo": (99, 179), "getrlimit": (97, 163),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "prlimit64": (302, 261), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
_STARTING: dict[str, tuple[int | None, int | None]] = {
    "clone": (56, 220), "vfork": (58, None), "fork": (57, None), "execve": (59, 221), "wait4": (61, 260),
    "pipe": (22, None), "pipe2": (293, 59), "arch_prctl": (158, None), "set_tid_address": (218, 96),
    "close_range": (436, 436), "umask": (95, 166), "setsid": (112, 157),
}  # fmt: skip
_SOCKETPAIR = (53, 199)
_KINDS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # place in the tables, AUDIT_ARCH of linux/audit.h

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _MASK, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _KIND, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_AF_UNIX, _SOCK_STREAM, _TYPES = 1, 1, 0xF
_SECCOMP_MODE_FILTER = 2
_NEW_NAMESPACE = 0x7E020080  # every CLONE_NEW* flag of clone(2)


def close_the_kernel(*, programs: bool) -> None:
    """Refuse every call that is not on the list, for this process and all it starts. Refuses unknown kinds of machine."""
    program = _program(platform.machine(), programs=programs)
    code = ctypes.create_string_buffer(b"".join(program))
    described = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code)))
    linux.prctl(linux.PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, described)


def _program(machine: str, *, programs: bool) -> list[bytes]:
    """Return the filter: the kind of machine, the calls that start programs, then the list."""
    if machine not in _KINDS:
        raise OSError(errno.ENOSYS, f"no list of calls for {machine}")
    column, kind = _KINDS[machine]
    listed = [numbers[column] for numbers in _READING.values()]
    code = [_step(_LOAD, _KIND), _step(_EQUAL, kind, hit=1), _verdict(_KILL), _step(_LOAD, _NUMBER)]
    if machine == "x86_64":  # the same numbers with this bit mean the x32 calls
        code += [_step(_AT_LEAST, 0x40000000, miss=1), _refused(errno.EPERM)]
    code += [_step(_EQUAL, 435, miss=1), _refused(errno.ENOSYS)]  # clone3: the C library then takes clone
    code += _pair(_SOCKETPAIR[column])
    if programs:
        listed += [numbers[column] for name, numbers in _STARTING.items() if name != "clone"]
        clone = _STARTING["clone"][column] or 0
        code += [_step(_EQUAL, clone, miss=4), _step(_LOAD, _FIRST_ARGUMENT), _step(_ANY_BIT, _NEW_NAMESPACE, miss=1)]
        code += [_refused(errno.EPERM), _verdict(_ALLOW)]
    for number in listed:
        if number is not None:
            code += [_step(_EQUAL, number, miss=1), _verdict(_ALLOW)]
    return [*code, _refused(errno.EPERM)]


def _pair(number: int) -> list[bytes]:
    """Allow two ends of one local stream, which lead nowhere else: every event loop of Python makes them."""
    return [
        _step(_EQUAL, number, miss=7),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_EQUAL, _AF_UNIX, miss=4),
        _step(_LOAD, _SECOND_ARGUMENT),
        _step(_MASK, _TYPES),
        _step(_EQUAL, _SOCK_STREAM, miss=1),
        _verdict(_ALLOW),
        _refused(errno.EPERM),
    ]


def _step(operation: int, value: int, *, hit: int = 0, miss: int = 0) -> bytes:
    """Return one instruction: `struct sock_filter`. `hit` and `miss` are how many of the next are left out."""
    return struct.pack("HBBI", operation, hit, miss, value)


def _verdict(value: int) -> bytes:
    return _step(_RETURN, value)


def _refused(number: int) -> bytes:
    return _verdict(_REFUSE | number)
