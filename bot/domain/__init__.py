"""The rules of the movement: pure, standard library only. Words come from the glossary."""
