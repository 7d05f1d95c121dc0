"""What machines read and write of this app."""
