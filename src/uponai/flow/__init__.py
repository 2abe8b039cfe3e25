"""Conversation flows: Retell's flow JSON as a graph, its check, and the machine that walks it.

Owns nodes, edges, equations, dynamic variables, the rules that read dates, names and numbers out of
what a caller said, and the choice between worded conditions. It must not know audio, turn-taking,
vendors, HTTP or the clock: models are asked by outputs of ``step``, their answers come back as
arguments, and ``now_ms`` is always given.
"""
