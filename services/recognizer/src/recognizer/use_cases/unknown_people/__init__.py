"""Unknown people: which crops are kept, how they are grouped, and how the admin names them."""
