"""The outside world: each a small port, an adapter for the real thing, and a sandbox twin.

Which one serves is said by the sender of the stage (infra/stages.py): an identity of AWS, or `sandbox`.
"""
