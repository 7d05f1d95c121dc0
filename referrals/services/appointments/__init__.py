"""Appointments: planned, moved, what came of them (domain §3)."""
