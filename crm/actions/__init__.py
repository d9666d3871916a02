"""Deeds: one function a deed, one commit each, one event each."""
