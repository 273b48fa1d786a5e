"""The box on every page: what it finds, what was found lately, and whether somebody is known already."""
