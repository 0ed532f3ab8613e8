"""Data that a committee edits: criteria sets, pledge texts, calendar, ladders. Validated, versioned, hashed."""
