"""Decide on calls while they ring: python inbound_webhook.py PORT AGENT_ID CALLERS.json

CALLERS.json: {"+14155550142": {"name": "Ann"}, "+14155550143": {"blocked": true}}.
Bind no agent to the number itself: a call for which none is named is declined.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from uponai import UponAI

client = UponAI()
port, agent_id, callers_file = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])


def decide(asked: dict[str, str]) -> dict[str, object]:
    """What is said of one call. Read afresh each time, so that the file can be edited."""
    callers = json.loads(callers_file.read_text())
    caller = callers.get(asked["from_number"], {})
    if caller.get("blocked"):
        return {}
    return {
        "override_agent_id": agent_id,
        "dynamic_variables": {"name": caller.get("name", "")},
        "metadata": {"known": bool(caller)},
    }


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not client.webhooks.verify(body, self.headers.get("x-uponai-signature", "")):
            self.answer(401, {})
            return
        told = json.loads(body)
        answer = decide(told["call_inbound"])
        print(told["call_inbound"]["from_number"], "taken" if answer else "declined", flush=True)
        self.answer(200, {"call_inbound": answer})

    def answer(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Calls are told above."""


server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
print("listening on", server.server_port, flush=True)
server.serve_forever()
