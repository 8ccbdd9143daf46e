"""A4 printers behind CUPS: a slip's blocks as a PDF page (`pdf`), and the adapter that hands it to a queue (`cups_printer`)."""
