"""Changing many sessions at once: choosing them, doing it a few at a time, telling how far it is."""
