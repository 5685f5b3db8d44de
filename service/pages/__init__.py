"""Pages of our own, for readers: they work without scripts, cookies and pictures."""
