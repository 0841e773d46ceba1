"""Pages that show sessions together with what was extracted from them."""
