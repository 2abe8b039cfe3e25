"""A process imports what its own role needs, and so is up soon after a crash."""

import subprocess
import sys

ASKED = "import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"


def imported(module):
    """The packages that a process which imports ``module`` has loaded."""
    words = [sys.executable, "-c", ASKED.format(module=module)]
    return set(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())


def test_an_edge_knows_no_database_no_web_api_and_no_models():
    loaded = imported("uponai.app.edge, uponai.cli.main, uponai.cli.serve")
    heavy = {"sqlalchemy", "alembic", "fastapi", "pydantic", "uvicorn", "onnxruntime"}
    assert loaded & {*heavy, "tokenizers", "phonenumbers", "httpx"} == set()
    assert {"aiohttp", "numpy"} <= loaded
