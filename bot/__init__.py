"""Bốn Tốt: the ground floor and the roof. See docs/architecture.md."""
