"""Work that ended calls are owed: the recording, the analysis, and the word that both are there.

``analysis`` is pure; ``recordings`` knows files; ``worker`` claims.
Never on the path of live audio.
"""
