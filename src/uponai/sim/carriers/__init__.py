"""Simulated carriers: the REST API, webhooks and media sockets of a real one, with phones behind.

Written from the carriers' documentation and held against their official SDKs in the tests; knows
nothing of our own adapters. ``phone`` is who is called, ``outside`` how a carrier reaches its
customer, the rest one carrier each.
"""
