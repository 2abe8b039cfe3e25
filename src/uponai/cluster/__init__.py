"""Hosts and who holds what: leases, the reaper of abandoned calls, the supervisor of processes.

``lease`` and ``reaper`` are pure; ``worker`` does the I/O. Knows calls as rows, never audio.
"""
