"""How the weights were made; nothing here ships."""
