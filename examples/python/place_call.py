"""Place a call and follow it to its end: python place_call.py FROM TO"""

import sys
import time

from uponai import UponAI

from_number, to_number = sys.argv[1:]
client = UponAI()
call = client.call.create_phone_call(
    from_number=from_number,
    to_number=to_number,
    retell_llm_dynamic_variables={"customer_name": "Ann"},
)
print("placed", call.call_id, flush=True)

status = ""
while call.call_status in ("registered", "ongoing"):
    if call.call_status != status:
        status = call.call_status
        print(status, flush=True)
    time.sleep(0.5)
    call = client.call.retrieve(call.call_id)

print(call.call_status, call.disconnection_reason)
print(call.transcript or "nobody spoke")
