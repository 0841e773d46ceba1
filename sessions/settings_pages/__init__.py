"""The settings of a project: who sees them may be less than who may change them."""
