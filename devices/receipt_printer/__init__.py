"""Receipt printers: what is to be printed (`slip`), how it looks as a picture (`picture`), and the ESC/POS adapter."""
