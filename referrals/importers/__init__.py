"""Files about people, from their lines to what the hub knows; registered in the one pipeline of imports."""

from referrals.importers import people, registration

__all__ = ["people", "registration"]
