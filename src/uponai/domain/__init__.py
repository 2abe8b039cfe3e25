"""The nouns of the platform: calls, agents, numbers, transcripts, endings, ids, errors.

Imports the standard library only, does no I/O and reads no clock; everybody may import it.
"""
