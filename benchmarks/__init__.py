"""Measurements: each prints ratios taken in one run, and the machine it ran on."""
