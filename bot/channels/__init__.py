"""In and out, one adapter a messenger."""
