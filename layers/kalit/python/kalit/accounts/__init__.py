"""Accounts: one directory of people for all of the product, and the tokens they call with."""
