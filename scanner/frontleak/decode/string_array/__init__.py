"""The string array of javascript-obfuscator, read without running it: its items, their order, the calls to them."""
