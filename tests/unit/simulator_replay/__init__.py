"""Tests of the replay of recorded traffic."""
