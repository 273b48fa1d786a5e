"""What the product is made of, under which licences, and what is known against it."""
