"""What is done with rosters, by noun."""
