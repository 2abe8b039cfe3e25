"""What the embedded models share: their data files, one-thread sessions, whole-clip resampling.

Knows no model. Heavy packages are imported when a model is opened, so that a host without
``uponai[local]`` can still read every SPEC.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from uponai.config import forbid_telemetry
from uponai.providers.base import Pcm, ProviderError

Floats = NDArray[np.float32]

PCM_SCALE = 32768.0


class OnnxSession(Protocol):
    """The part of an onnxruntime session that the models use; safe to run from several threads."""

    def run(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, NDArray[Any]]
    ) -> list[NDArray[Any]]: ...


def data_file(name: str) -> Path:
    """Path of a file shipped in ``providers/data``."""
    return Path(str(resources.files("uponai.providers") / "data" / name))


def load_package(name: str, provider: str) -> Any:
    """Import a package of the ``local`` extra. Raises ProviderError that names the extra."""
    forbid_telemetry()
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ProviderError(
            provider,
            f"package {name!r} cannot be loaded ({error}); install uponai[local]",
            retriable=False,
        ) from error


def package_file(package: str, provider: str, *parts: str) -> Path:
    """Path of a data file inside an installed package."""
    module = load_package(package, provider)
    return Path(str(module.__file__)).parent.joinpath(*parts)


def open_session(path: Path, provider: str) -> OnnxSession:
    """An onnxruntime session that computes on the calling thread only.

    One thread a session: the pool decides how many cores the models may use together.
    """
    runtime: Any = load_package("onnxruntime", provider)
    options: Any = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session: Any = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return cast(OnnxSession, session)


def to_float(pcm: Pcm) -> Floats:
    """16-bit samples as floats in [-1, 1)."""
    return pcm.astype(np.float32) / np.float32(PCM_SCALE)


def to_pcm(samples: Floats) -> Pcm:
    """Floats as 16-bit samples; louder ones are clipped."""
    scaled = np.rint(samples * np.float32(PCM_SCALE))
    return np.clip(scaled, -32768, 32767).astype(np.int16)


def resample_clip(samples: Floats, from_hz: int, to_hz: int) -> Floats:
    """A whole clip at another rate, by its spectrum; returns round(n * to_hz / from_hz) samples.

    For clips that begin and end quietly: the spectrum of a clip wraps around, which 20 ms of zeros
    at its end keep from being heard. Streams use ``media.resample``.
    """
    if from_hz == to_hz or samples.size == 0:
        return samples
    common = int(np.gcd(from_hz, to_hz))
    # Whole blocks of both rates, so that either length is a whole number with small factors.
    blocks = -(-(samples.size + from_hz // 50) // (from_hz // common * 128))
    length_in = blocks * 128 * (from_hz // common)
    length_out = blocks * 128 * (to_hz // common)
    spectrum = np.fft.rfft(samples, length_in)[: length_out // 2 + 1]
    out = np.fft.irfft(spectrum, length_out)[: round(samples.size * to_hz / from_hz)]
    return (out * (length_out / length_in)).astype(np.float32)
