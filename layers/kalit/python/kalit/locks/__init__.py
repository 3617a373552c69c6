"""Smart locks: whose they are, with whom they are shared, what they are told to do, and what they report."""
