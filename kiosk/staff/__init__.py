"""What a technician and a hall manager see."""
