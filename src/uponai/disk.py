"""Small files that are whole, and on the disk, or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path


def write_whole(path: str | Path, text: str, *, mode: int = 0o666) -> None:
    """Replace the file at ``path`` by one whose content is on the disk.

    ``mode`` is a new file's, before the umask. Raises OSError, with the former file untouched. The
    name is on the disk after ``sync_folder``.
    """
    fresh = f"{path}.new"
    try:
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            data = text.encode()
            if os.write(file, data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file)
        finally:
            os.close(file)
        os.replace(fresh, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(fresh)
        raise


def sync_folder(folder: Path) -> None:
    """Have the names in ``folder`` on the disk, too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
