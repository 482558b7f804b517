"""Faces without a name: which crops are kept, whose they may be, what the admin makes of them."""
