"""What the bot does when somebody speaks or the clock ticks: one file a journey."""
