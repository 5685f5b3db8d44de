"""Outgoing webhooks: a publisher's own systems are told of every change of a contribution, signed."""
