"""Files that units hand in: taken, cleaned, kept."""
