"""Which task follows which: one flow a file."""
