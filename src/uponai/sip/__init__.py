"""SIP without I/O: messages, transactions, dialogs and calls as pure machines (RFC 3261 and kin).

Owns the SIP and SDP grammar, digest authentication, the transaction timers, dialog state and the
life of an outgoing or incoming call. Must not know sockets, clocks, randomness, RTP samples,
agents or storage: bytes and ``now`` come in, bytes and events go out.
"""
