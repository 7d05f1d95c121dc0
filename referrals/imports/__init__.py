"""Parsers of partners' files about people: pure Python, no database, one module per family of files."""
