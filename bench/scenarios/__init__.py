"""One scenario a file: each measures, and names its figures."""
