"""How server-side code hands a value to the browser: the places that send one, and the secrets in what they send."""
