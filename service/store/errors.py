"""What can go wrong with the store."""


class StoreUnavailableError(Exception):
    """Redis cannot be reached, is too slow, or answers with an error. Nothing is known of what it did."""
