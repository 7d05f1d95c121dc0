"""Letters: their texts, and what is written to one person."""
