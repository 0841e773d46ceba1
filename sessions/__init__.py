"""What agents send: projects, keys, sessions and their messages."""
