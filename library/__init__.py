"""What the network knows."""
