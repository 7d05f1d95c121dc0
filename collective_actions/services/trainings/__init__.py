"""Trainings and sessions: written by hand or by files, with a history that can be taken back."""
