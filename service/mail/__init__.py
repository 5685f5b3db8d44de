"""Mail: what is sent and when. One place sends; nothing of it is ever logged but that it went or did not."""
