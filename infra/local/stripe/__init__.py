"""A sandbox that speaks Stripe's API: Checkout Sessions, payments, refunds, events, webhooks, and a page to pay on.

It answers the unmodified library as the API version of `objects` does, and no money moves. What it does not know, it
refuses in words.
"""
