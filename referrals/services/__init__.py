"""What happens to people: every write of this app."""
