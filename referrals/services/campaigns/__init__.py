"""Campaigns of summonses: who is convened, to which slot, sent (domain §5, its end)."""
