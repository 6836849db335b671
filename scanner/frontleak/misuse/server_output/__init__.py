"""What built code of a server does with a secret: whether it sends it to the browser."""
