"""Find messages and tasks by their words, in any language. Why it is built so: docs/decisions/0009-search.md."""
