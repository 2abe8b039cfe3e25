"""Turn-taking as pure machines: events in, commands out, no I/O, no clock, no randomness.

Knows audio time (line samples at 8 kHz) and network time (``now``, seconds), never a socket, a
vendor, a database or a conversation graph. ``conversation`` is the one place that decides.
"""
