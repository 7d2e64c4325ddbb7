"""Frigate's language: HTTP, websocket, messages, configuration. Knows nothing of Home Assistant."""
