"""The overview: what is counted in which stretches of time, and how it is drawn."""
