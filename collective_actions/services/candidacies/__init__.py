"""A person is positioned on a session; what comes of it is said, and told to whoever positioned her."""
