"""Notices to single people: e-mail and SMS that other domains ask for by putting them on a queue."""
