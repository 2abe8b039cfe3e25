"""Samples and packets of the telephone line, as pure arithmetic.

Owns G.711, RTP packets, the jitter buffer, telephone events, the playout clock of a line, sample
rates, WAV and tape formats, and simple tones. Everything runs at 8 kHz mono in 20 ms frames of 160
samples unless a name says otherwise. Knows no sockets, no clock (``now`` is an argument), no SIP
and no agents.
"""
