"""The two protocols between whoever holds the line and the rest: pure codecs, no sockets.

``media`` is the media link (line holder to brain), ``control`` the edge's control channel (dialer
to edge), ``codec`` the strict JSON form of both. Knows nothing of agents, engines or storage.
"""
