"""Bots of other libraries that do the least: what the program is compared with."""
