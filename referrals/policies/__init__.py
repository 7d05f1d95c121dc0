"""Who may do what with people, referrals and gaps; which ones each actor sees."""

from referrals.policies import appointments, gaps, imports, people, referrals

__all__ = ["appointments", "gaps", "imports", "people", "referrals"]
