"""Extraction by rules alone: no model, no network, milliseconds a conversation."""

from tasks.extraction.offline.extractor import OfflineExtractor

__all__ = ["OfflineExtractor"]
