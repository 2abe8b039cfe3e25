"""Speech and language vendors: ``base`` holds the interfaces, each other file one vendor.

A provider file knows its vendor's protocol and nothing of calls, turns or storage; no provider
knows another; only ``app`` imports one.
"""
