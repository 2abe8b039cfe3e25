"""``python -m sdk.generate``: write the files that follow from the OpenAPI document."""

from __future__ import annotations

from sdk.generate.write import made_files, write

if __name__ == "__main__":
    changed = write(made_files())
    raise SystemExit(f"{len(changed)} files written" if changed else 0)
