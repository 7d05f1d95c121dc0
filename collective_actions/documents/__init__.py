"""PDF documents of this app."""
