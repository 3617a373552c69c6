"""Decisions alone: plain values, a fixed clock, no AWS. The same examples on every run."""

from hypothesis import settings

settings.register_profile("house", derandomize=True, max_examples=100, deadline=None, database=None)
settings.load_profile("house")
