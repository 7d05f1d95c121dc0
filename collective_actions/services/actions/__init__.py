"""Collective actions: written, published, filled, held."""
