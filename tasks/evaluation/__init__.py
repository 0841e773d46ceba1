"""Measure an extractor: replay conversations through the real pipeline and compare what it finds with what is right."""
