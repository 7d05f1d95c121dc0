"""What is done around the end of a training, by noun."""
