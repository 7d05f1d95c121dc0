"""The directory as people read it: what is asked, what is found, one service, what waits for somebody."""
