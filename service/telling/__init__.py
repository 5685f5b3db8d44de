"""The story of one contribution, for people: looked up in our ledger and at Stripe, and told in plain sentences."""
