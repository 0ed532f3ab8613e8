"""Measurements of the running program, against its goals and its peers: `make bench`."""
