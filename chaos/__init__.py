"""Breaks a running installation on purpose, and proves that nothing was lost, doubled or stuck."""
