"""The line holder: SIP dialogs, RTP sockets, one tick for all lines, tape, link to the brains.

Owns the phone line from INVITE to BYE and the clock it runs by. A line outlives the brain that
talks on it. Must not know agents, language models or the database, and runs no model: what a
conversation is about comes and goes over ``link.media``, who calls whom over ``link.control``.
"""
