"""Reads shared by pages, commands and exports; each limits itself to what its viewer may see."""
