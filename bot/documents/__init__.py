"""Papers made from plain values and read into plain values; no storage, no network."""
