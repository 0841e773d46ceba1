"""How good predictions are: the figures of docs/evaluation.md. No Django here."""
