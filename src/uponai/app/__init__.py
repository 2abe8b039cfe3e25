"""The composition root: configuration -> adapters -> roles.

The only folder that names a concrete carrier, provider or database.
"""

from uponai.app.callee import run_callee
from uponai.app.edge import run_edge
from uponai.app.install import prepare_installation
from uponai.app.platform import run_platform

__all__ = ["prepare_installation", "run_callee", "run_edge", "run_platform"]
