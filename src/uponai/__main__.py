"""``uponai``: the command. Without the platform's packages it says how to get them."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command-line interface."""
    try:
        from uponai.cli.main import app
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("uponai"):
            raise
        sys.stderr.write(
            f"uponai: the command needs the platform ({error.name} is missing): "
            "pip install 'uponai[server,local]'\n"
        )
        raise SystemExit(1) from None
    app()


if __name__ == "__main__":
    main()
