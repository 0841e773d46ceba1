"""The session page: which messages it shows, the user's turns beside them, and what of its tasks."""
