"""What must hold under crash, storm and a failing machine, tried out: `make chaos` (docs/developer.md, "Chaos")."""
