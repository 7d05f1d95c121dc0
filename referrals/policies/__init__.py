"""Who may do what with people, referrals and gaps; which ones each actor sees."""

from referrals.policies import gaps, imports, people, referrals

__all__ = ["gaps", "imports", "people", "referrals"]
