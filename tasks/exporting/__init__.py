"""What leaves the pages as a file: streamed, and never whole in memory."""
