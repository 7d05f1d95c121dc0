"""Reading the files of this app: pure, nothing here knows the database."""
