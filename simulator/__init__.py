"""A simulated Frigate server: develop, demonstrate and test against it."""
