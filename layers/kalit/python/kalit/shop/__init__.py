"""The shop: what is sold, how much of it there is, carts, orders and their payment, and what buyers think of it."""
