"""The public HTTP API: one file per resource, authentication, errors.

It validates, writes what is wanted in one transaction, and answers; it never holds a call and sees
no carrier's payload. What it needs from the rest is injected as ``services.ApiServices``.
"""
