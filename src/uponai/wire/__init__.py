"""Retell's wire: its names, its JSON and its rules of validation, to and from the domain.

One file per object. Pure: it knows neither HTTP nor storage, and what it needs of clock, keys or
addresses is handed in. Used by api, webhooks, live and dialer, so that one call object serves all.
"""
