"""Turn-taking as pure machines: events in, commands out, no I/O, no clock, no randomness.

Owns the floor (``turn``), the caller's utterances (``hear``, ``endpoint``), interruptions
(``barge_in``, ``caller``), the agent's replies and what of them was heard (``agent``, ``reply``,
``ledger``), functions (``tools``), silence (``idle``), digits (``dtmf``), answering machines
(``voicemail``) and the record (``record``, ``snapshot``, ``memory``). ``conversation`` is the one
place that decides. Knows audio time (line samples at 8 kHz) and network time (``now``, seconds),
never a socket, a vendor, a database or a conversation graph.
"""
