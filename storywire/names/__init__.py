"""Who and where a text names: people and places, from small frozen lists and the words around them. Pure."""
