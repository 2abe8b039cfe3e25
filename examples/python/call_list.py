"""Call every number of a list, one a line: python call_list.py FROM < numbers.txt

The client itself waits and tries again when the server says that it is too fast; what is still
refused after that is waited for here, so that nobody is left out and nobody is called twice.
"""

import sys
import time

from uponai import UponAI
from uponai.client import BadRequest, RateLimited

from_number = sys.argv[1]
client = UponAI()
for line in sys.stdin:
    to_number = line.strip()
    while to_number:
        try:
            call = client.call.create_phone_call(from_number=from_number, to_number=to_number)
            print(to_number, call.call_id)
            break
        except RateLimited as error:
            time.sleep(error.retry_after or 1)
        except BadRequest as error:
            print(to_number, error.message)
            break
