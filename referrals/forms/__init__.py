"""Forms of people, tracks and referrals: they read and clean, services decide."""
