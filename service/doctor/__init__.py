"""What could keep the service from working, looked at one thing after the other; each with its cure."""
