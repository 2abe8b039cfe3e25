"""Who brings calls: ``base`` holds the interface, each other file one carrier with one SPEC.

A carrier file knows its carrier's protocol and its words for outcomes; it knows nothing of agents
or of the database, and no carrier knows another. Only ``app`` imports one.
"""
