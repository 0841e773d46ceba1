"""From messages to tasks: window, extractor, operations, validation, commit."""
