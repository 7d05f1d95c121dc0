"""Who may do what with people, referrals and gaps; which ones each actor sees."""

from referrals.policies import appointments, barriers, campaigns, gaps, imports, letters, people, referrals

__all__ = ["appointments", "barriers", "campaigns", "gaps", "imports", "letters", "people", "referrals"]
