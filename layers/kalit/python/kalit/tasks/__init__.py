"""Async tasks: a sum or a countdown that somebody asked for and comes back to."""
