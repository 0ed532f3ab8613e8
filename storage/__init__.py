"""What the bot remembers: the only place that knows SQL."""
