"""One live call in the brain: it hears, thinks, speaks, keeps checkpoints and writes the record.

``brain`` serves the media link and holds the calls; ``driver`` feeds one conversation machine and
executes its commands without a rule of its own; ``ears``, ``hearing`` and ``listener`` hear,
``mind``, ``flow_mind`` and ``tools`` think and act, ``mouth`` speaks, ``checkpoint`` and ``report``
keep the record. Must not know a phone protocol, a vendor, SQL or the HTTP API: what it needs of
them is injected by ``app``.
"""
