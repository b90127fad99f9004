"""What the decoding child takes from itself before it opens a customer's file (Linux; elsewhere only the limits).

Limits of memory, processor time, output and open files; no core, no trace, no new rights; an end with its parent; and a
filter over system calls, after which it can open no file, no socket and no program, whatever the media library is made
to do. It must be called with the libraries loaded: nothing can be imported afterwards.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys

_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVS, _SECCOMP, _FILTER = 1, 4, 38, 22, 2
_ALLOW, _DENY, _UNKNOWN = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38  # the others answer EPERM and ENOSYS
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD, _CLONE3 = 0x10000, 435
_CLONE = {"x86_64": 56, "aarch64": 220}
_X32_CALLS = 0x40000000

# Opening files; sockets; programs and processes; traces of others; changes of names and rights; signals; io_uring.
_DENIED = {
    "x86_64": (
        0xC000003E,
        (
            *(2, 257, 85, 437),  # open, openat, creat, openat2
            *(41, 53, 42, 49, 44, 46),  # socket, socketpair, connect, bind, sendto, sendmsg
            *(57, 58, 59, 322),  # fork, vfork, execve, execveat
            *(101, 310, 311, 434),  # ptrace, process_vm_readv, process_vm_writev, pidfd_open
            *(87, 263, 82, 264, 316, 86, 265, 88, 266),  # unlink, rename, link, symlink and their -at forms
            *(83, 258, 90, 268, 92, 260),  # mkdir, chmod, chown and their -at forms
            *(62, 200, 234, 425),  # kill, tkill, tgkill, io_uring_setup
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(56, 437),  # openat, openat2
            *(198, 199, 203, 200, 206, 211),  # socket, socketpair, connect, bind, sendto, sendmsg
            *(221, 281),  # execve, execveat
            *(117, 270, 271, 434),  # ptrace, process_vm_readv, process_vm_writev, pidfd_open
            *(35, 38, 276, 37, 36, 34, 53, 54),  # unlinkat, renameat(2), linkat, symlinkat, mkdirat, fchmodat, fchownat
            *(129, 130, 131, 425),  # kill, tkill, tgkill, io_uring_setup
        ),
    ),
}


def limit(wanted: dict[str, float]) -> None:
    """Set the limits, and what the process no longer may; `wanted` names them as `decode_guard.DecodeLimits` does."""
    for kind, value in (
        (resource.RLIMIT_AS, wanted["memory_bytes"]),
        (resource.RLIMIT_CPU, wanted["cpu_s"]),
        (resource.RLIMIT_FSIZE, wanted["output_bytes"]),
        (resource.RLIMIT_NOFILE, wanted["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        resource.setrlimit(kind, (most, most))


def end_with_parent(parent: int) -> None:
    """Have the kernel end this process when its parent ends; leave at once when it has already."""
    if sys.platform != "linux":
        return
    _prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def shut_in() -> bool:
    """Give up new rights, traces and the calls above; say whether the kernel filters them now."""
    if sys.platform != "linux":
        return False
    _prctl(_DUMPABLE, 0)
    if _prctl(_NO_NEW_PRIVS, 1) != 0 or platform.machine() not in _DENIED:
        return False
    architecture, denied = _DENIED[platform.machine()]
    program = _program(architecture, _CLONE[platform.machine()], denied)
    held = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, then (aligned) where they are.
    form = struct.pack("@HxxxxxxQ", len(program) // 8, ctypes.addressof(held))
    return _prctl(_SECCOMP, _FILTER, ctypes.create_string_buffer(form, len(form))) == 0


def _program(architecture: int, clone: int, denied: tuple[int, ...]) -> bytes:
    """Return the filter in classic BPF: another architecture's calls and the denied ones fail, all else goes on.

    A jump's distance counts from the next instruction. Threads may be started, processes may not.
    """
    count = len(denied)
    end = 8 + count  # where ALLOW is; DENY and UNKNOWN follow
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_EQUAL, 0, end - 1, architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, end - 3, 0, _X32_CALLS),
        *((_EQUAL, end - 4 - at, 0, number) for at, number in enumerate(denied)),
        (_EQUAL, 5, 0, _CLONE3),
        (_EQUAL, 0, 2, clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    return b"".join(struct.pack("@HBBI", *step) for step in steps)


def _prctl(option: int, *values: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in (*values, 0, 0, 0, 0)][:4]
    return int(library.prctl(option, *given))
