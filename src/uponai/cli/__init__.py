"""The ``uponai`` command: thin, one file per command. Knows ``app`` and what it composes."""
