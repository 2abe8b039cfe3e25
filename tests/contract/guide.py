"""The guide's snippet with the real Python retell-sdk; run as a program of its own.

Reads RETELL_BASE_URL and RETELL_API_KEY from the environment; arguments: from, to. Prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request

from retell import Retell

FINAL = ("ended", "not_connected", "error")


def main() -> None:
    from_number, to_number = sys.argv[1:]
    client = Retell(_strict_response_validation=True)
    placed = client.call.create_phone_call(
        from_number=from_number,
        to_number=to_number,
        metadata={"order": 7},
        retell_llm_dynamic_variables={"customer_name": "Ann"},
    )
    deadline = time.monotonic() + 90
    call = placed
    while call.call_status not in FINAL or call.call_analysis is None:
        assert time.monotonic() < deadline, call
        time.sleep(0.25)
        call = client.call.retrieve(placed.call_id)
    recording = urllib.request.urlopen(call.recording_url).read() if call.recording_url else b""
    sys.stdout.write(
        json.dumps(
            {
                "placed": placed.model_dump(mode="json"),
                "call": call.model_dump(mode="json", exclude_none=True),
                "recording_bytes": len(recording),
            }
        )
    )


if __name__ == "__main__":
    main()
