"""Stock: every piece is available, reserved by an open order, or sold; and why pieces move."""

FIRST = "in stock at first"
SET = "set by staff"
