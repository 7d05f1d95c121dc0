"""The demo: invented people and organisations, made by the real services and the real imports."""
