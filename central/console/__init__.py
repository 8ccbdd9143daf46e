"""The hall manager's console: pages made on the server, every filter in the URL, nothing loaded from elsewhere."""
