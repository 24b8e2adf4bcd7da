"""Pictures of a plan under way, as SVG made on the server from the rows of the board."""
