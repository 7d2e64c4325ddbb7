"""Tools for those who develop ANTT Camera: a real Home Assistant process, the demo, and what both share."""
