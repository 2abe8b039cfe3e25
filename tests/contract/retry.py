"""The guide's retry loop with a Python client: a burst, then a steady stream. A program of its own.

Arguments: ``retell`` or ``uponai``, base URL, key, from-number. Prints, for either phase, what
became of every wish: ``[{"to": ..., "call_id": ... | null, "code": ..., "tries": ...}]``; and how
long the stream took, ``stream_s``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

TRIES = 3
BURST = 6
STREAM, PER_S = 30, 10


async def placed(call: Any, from_number: str, to_number: str) -> dict[str, Any]:
    """Wait a second after a refusal, then two; three tries in all."""
    code = ""
    for attempt in range(TRIES):
        try:
            made = await call(from_number=from_number, to_number=to_number)
        except Exception as error:
            code = getattr(error, "code", None) or error.body["code"]
            if code != "rate_limited":
                raise
            if attempt < TRIES - 1:
                await asyncio.sleep(2**attempt)
        else:
            return {"to": to_number, "call_id": made.call_id, "code": None, "tries": attempt + 1}
    return {"to": to_number, "call_id": None, "code": code, "tries": TRIES}


async def main(kind: str, base_url: str, key: str, from_number: str) -> None:
    if kind == "retell":
        from retell import AsyncRetell

        client: Any = AsyncRetell(api_key=key, base_url=base_url)
        patient = client.call.create_phone_call
        plain = client.with_options(max_retries=0).call.create_phone_call
    else:
        from uponai import AsyncUponAI

        patient = AsyncUponAI(key, base_url=base_url).call.create_phone_call
        plain = AsyncUponAI(key, base_url=base_url, max_retries=0).call.create_phone_call
    burst = await asyncio.gather(
        *(placed(patient, from_number, f"+1415555020{n}") for n in range(BURST))
    )
    await asyncio.sleep(1.1)

    async def later(n: int) -> dict[str, Any]:
        await asyncio.sleep(n / PER_S)
        return await placed(plain, from_number, f"+141555503{n:02}")

    began_s = time.monotonic()
    stream = await asyncio.gather(*(later(n) for n in range(STREAM)))
    stream_s = time.monotonic() - began_s
    sys.stdout.write(json.dumps({"burst": burst, "stream": stream, "stream_s": stream_s}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
