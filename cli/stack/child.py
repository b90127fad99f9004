"""Start one part so that it cannot outlive its supervisor, then become it.

Run as a plain file: `python -I -S child.py SUPERVISOR_PID PROGRAM [ARGUMENT ...]`. On Linux the kernel is asked to kill
this process when the thread that started it ends; what is asked survives the `exec` that follows. Elsewhere only the
process's own session (made by the supervisor) sets it apart. Standard library only: nothing of ours is imported here.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1
NOT_FOUND = 127


def die_with_supervisor(supervisor_pid: int) -> None:
    """Ask the kernel to kill us with our supervisor; leave at once if it is gone already."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - needed on Linux only

        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != supervisor_pid:
        sys.exit(1)


def main(arguments: list[str]) -> int:
    """Replace this process by the program named in the arguments; returns only when that fails."""
    supervisor_pid, program, *rest = arguments
    os.umask(0o077)
    die_with_supervisor(int(supervisor_pid))
    try:
        os.execvp(program, [program, *rest])  # noqa: S606 - the supervisor's own command line, no shell wanted
    except OSError as error:
        sys.stderr.write(f"cannot run {program}: {error.strerror}\n")
    return NOT_FOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
