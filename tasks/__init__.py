"""What is extracted from sessions: tasks, their history and the runs that made them."""
