"""The speed goals beside their peers, measured back to back in one run; `make bench`, never `make test`."""
