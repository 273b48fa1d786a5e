"""Reading a rulebook: YAML with positions, its shape, the names it uses. Plain Python, no database, no Django."""
