"""What the product is compared with: bare servers, other fan-outs, other ways to read a list."""
