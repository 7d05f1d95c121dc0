"""Recognising the people of a file: staged by COPY, matched in SQL, one rule after the other (formats §1.6)."""
