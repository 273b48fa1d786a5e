"""Django's PostgreSQL engine with patience that ends, see base.py (the name Django looks for)."""
