"""The directory of services: written, published, verified, suggested upon, merged, kept searchable."""
