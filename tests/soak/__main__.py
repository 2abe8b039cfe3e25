"""Long runs by name: ``python -m tests.soak NAME [ARGUMENTS]``.

Each is a module of this folder with ``run(arguments) -> int``, the number of failures.
"""

from __future__ import annotations

import importlib
import sys

SOAKS = {
    "api": "Schemathesis over every endpoint family",
    "edge": "malformed SIP and RTP at an edge with a call in progress",
    "calls": "many calls through the whole platform",
    "nat": "calls through a real NAT, in network namespaces (root)",
    "dialer": "kill -9 of dialer and edge while 2,000 calls are placed",
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in SOAKS:
        sys.stderr.write("Usage: python -m tests.soak NAME [ARGUMENTS]\n")
        sys.stderr.writelines(f"  {name:10}{about}\n" for name, about in SOAKS.items())
        return 2
    soak = importlib.import_module(f"tests.soak.{arguments[0]}")
    return 1 if soak.run(arguments[1:]) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
