"""Stripe: the ledger of record. Only what Stripe confirmed counts, and every look at it may be repeated."""
