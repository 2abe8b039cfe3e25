"""Benchmarks by name: ``python -m bench [NAME [ARGUMENTS]]``; without a name, what there is.

Each is a module of this folder with ``main()``, which reads its arguments from the command line.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> dict[str, str]:
    """Every benchmark with the first line of its docstring."""
    return {
        file.stem: (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n")[0]
        for file in sorted(HERE.glob("*.py"))
        if not file.stem.startswith("_")
    }


def main() -> int:
    known = names()
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        print("Usage: python -m bench NAME [ARGUMENTS]")
        for name, about in known.items():
            print(f"  {name:12}{about}")
        return 0 if len(sys.argv) < 2 else 2
    name = sys.argv.pop(1)
    ran = importlib.import_module(f"bench.{name}").main()
    if inspect.iscoroutine(ran):
        asyncio.run(ran)
    return 0


if __name__ == "__main__":
    sys.exit(main())
