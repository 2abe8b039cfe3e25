"""People to phone: the callee of the demo, in a process of its own without database or API.

Made of the same edge and brain as the platform; the persona is a conversation flow.
"""
