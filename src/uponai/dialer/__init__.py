"""Decides when a call may start and hands it to a carrier; takes the calls that arrive.

``worker`` does the I/O; every other file is pure. Never touches audio, agents' words or HTTP.
"""
