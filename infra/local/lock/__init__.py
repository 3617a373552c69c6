"""`make lock`: a smart lock without a door, built from docs/locks.md alone."""
