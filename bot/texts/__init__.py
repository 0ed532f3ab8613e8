"""Every Vietnamese sentence the bot says, as typed functions that return messages."""
