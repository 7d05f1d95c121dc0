"""Needs, missions, applications, agreements."""
