"""Delays of the live process, in seconds, and its bounds."""

HEARTBEAT = 25.0  # under the 60 s at which proxies cut idle sockets; also the longest a lost doorbell stays unseen
CHECK = 60.0  # sessions and memberships are read again
JITTER = 3.0  # after Redis came back, heads are read within this time
GRACE = 1.0  # a client that does not say where it stands starts from the present after this
SUBSCRIBE = 2.0  # a socket does not wait longer for Redis: the heartbeat heals what it misses
RECONNECT_FIRST, RECONNECT_MOST = 0.1, 2.0

QUEUE = 256  # frames that may wait for one client before it is sent away
SOCKETS_PER_USER = 10
TOPICS_PER_SOCKET = 64
THREADS = 4  # database connections of a live process: what a crowd that comes back may use
