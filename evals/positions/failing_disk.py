"""A disk that fails on command: a few calls of the C library, put before the real ones in one process.

What writes below one folder is counted, whoever does it (Python, SQLite, ffmpeg), and the n-th such call fails, is cut
short, or is the last thing the process does. Linux with a C compiler only; nothing of it is ever in the product.
"""

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Final, Literal

from ...core.errors import MissingExtra

Fault = Literal["full", "broken", "killed"]
"""`full`: no room from the n-th write on. `broken`: the n-th write, fsync, rename or truncation ends with EIO, once.
`killed`: SIGKILL in place of the n-th."""

FAULTS: Final[dict[str, Fault]] = {"full": "full", "broken": "broken", "killed": "killed"}

_CODES: Final[dict[Fault, int]] = {"full": 28, "broken": 5, "killed": -9}

SOURCE: Final = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char root[4096];
static size_t root_length;
static atomic_long seen, seen_writes;
static long at;
static int fault;

void disk_arm(const char *folder, long n, int what) {
    strncpy(root, folder, sizeof root - 1);
    root_length = strlen(root);
    seen = seen_writes = 0;
    at = n;
    fault = what;
}
long disk_seen(void) { return seen; }
long disk_seen_writes(void) { return seen_writes; }

static int is_below(const char *path) { return root_length && !strncmp(path, root, root_length); }

static int is_ours(int handle) {
    char link[64], path[4096];
    if (!root_length) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_below(path);
}

/* Give the error a call is to end with; 0 lets it through. */
static int failing(int is_write) {
    long nth = ++seen, write_nth = is_write ? ++seen_writes : seen_writes;
    if (!at) return 0;
    if (fault == ENOSPC) return is_write && write_nth >= at ? ENOSPC : 0;
    if (nth != at) return 0;
    if (fault < 0) kill(getpid(), SIGKILL);
    return fault;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name)

#define WRITER(name, rest_declared, rest) \
    ssize_t name(int handle, const void *data, size_t size rest_declared) { \
        REAL(name); \
        if (is_ours(handle)) { \
            int error = failing(1); \
            if (error == ENOSPC && size > 1 && seen_writes == at) return real(handle, data, size / 2 rest); \
            if (error) { errno = error; return -1; } \
        } \
        return real(handle, data, size rest); \
    }
#define NOTHING
#define PLUS_DECLARED , off_t place
#define PLUS , place
WRITER(write, NOTHING, NOTHING)
WRITER(pwrite, PLUS_DECLARED, PLUS)
#undef PLUS_DECLARED
#define PLUS_DECLARED , off64_t place
WRITER(pwrite64, PLUS_DECLARED, PLUS)

#define ON_HANDLE(name, declared, given, is_write) \
    int name(int handle declared) { \
        REAL(name); \
        int error = is_ours(handle) ? failing(is_write) : 0; \
        if (error) { errno = error; return -1; } \
        return real(handle given); \
    }
ON_HANDLE(fsync, NOTHING, NOTHING, 0)
ON_HANDLE(fdatasync, NOTHING, NOTHING, 0)
#define LENGTH_DECLARED , off_t length
#define LENGTH , length
ON_HANDLE(ftruncate, LENGTH_DECLARED, LENGTH, 0)
#undef LENGTH_DECLARED
#define LENGTH_DECLARED , off64_t length
ON_HANDLE(ftruncate64, LENGTH_DECLARED, LENGTH, 0)

int rename(const char *from, const char *to) {
    REAL(rename);
    int error = is_below(to) ? failing(0) : 0;
    if (error) { errno = error; return -1; }
    return real(from, to);
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    int error = is_below(path) ? failing(1) : 0;
    if (error) { errno = error; return -1; }
    return real(path, mode);
}
"""


def build(folder: Path) -> Path:
    """Compile the calls into a library for LD_PRELOAD; raises `MissingExtra` without a compiler."""
    compiler = shutil.which("cc")
    if not compiler:
        raise MissingExtra("a disk that fails (a C compiler, `cc`)", "dev")
    source, library = folder / "failing_disk.c", folder / "failing_disk.so"
    source.write_text(SOURCE)
    command = [compiler, "-O1", "-fPIC", "-shared", "-Wno-attributes", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library


def arm(folder: Path, fault: Fault = "full", at: int = 0) -> None:
    """Have this process count what it writes below a folder from now on, and the `at`-th fail; 0 only counts."""
    _library().disk_arm(str(folder).encode(), ctypes.c_long(at), _CODES[fault])


def disarm() -> None:
    """Let everything through, uncounted."""
    _library().disk_arm(b"", ctypes.c_long(0), 0)


def seen() -> tuple[int, int]:
    """Say how many calls were counted, and how many of them write."""
    library = _library()
    library.disk_seen.restype = library.disk_seen_writes.restype = ctypes.c_long
    return int(library.disk_seen()), int(library.disk_seen_writes())


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
