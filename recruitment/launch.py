"""Run a program that ends with its supervisor, if need be as another user.

Started as a script by :mod:`recruitment.processes`; it imports nothing of the project, so that it stays small
and works whatever state the application is in::

    python -I launch.py PARENT_PID SIGNAL UID GID -- PROGRAM ARGUMENT...

PostgreSQL refuses to run as root, so a supervisor that is root hands over an ordinary user. That user may not
be able to enter the folders above the checkout or the data folder (``/root``, ``mktemp -d``). Rather than
opening those folders to everybody, the program keeps one capability of root's: to pass directories and read
files.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 4  # changing the user keeps capabilities, and access(2) respects them
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1  # what containers usually leave to root
CAP_DAC_READ_SEARCH = 2  # enough, and harmless in comparison: preferred where root has it
CAPABILITY_VERSION_3 = 0x20080522


def become(uid: int, gid: int) -> None:
    """Give up root for ``uid`` and ``gid``, keeping on Linux the right to enter directories."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc:
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if not libc:
        return
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()
    if libc.capget(header, held) != 0:
        return
    permitted = held[1]
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        bit = 1 << capability
        if permitted & bit:
            kept = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
            if libc.capset(header, kept) == 0:
                libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)
                return
    libc.capset(header, (ctypes.c_uint32 * 6)())


def main(arguments: list[str]) -> None:
    parent, death_signal, uid, gid = (int(value) for value in arguments[:4])
    program = arguments[5:]
    if uid != os.getuid():
        become(uid, gid)
    if sys.platform == "linux":
        # After the change of user, which clears it. An execve() of an ordinary program keeps it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)
    # Python ignores this one; programs expect the default.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(program[0], program)  # noqa: S606
    except OSError as error:
        sys.exit(f"{program[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
