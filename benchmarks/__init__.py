"""What things cost, beside their own limit, in one run."""
