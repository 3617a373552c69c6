"""Codes that open a lock: PINs, cards, those of guests, QR codes; and the record of every try."""
