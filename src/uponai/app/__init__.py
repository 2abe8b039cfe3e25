"""The composition root: configuration -> adapters -> roles.

The only folder that names a concrete carrier, provider or database. A module per role, and nothing
here: a process imports what its own role needs.
"""
