"""Our own page as a channel."""
