"""Reporters: values as text for one kind of reader. The package is empty so that each is imported alone."""
