"""Pictures of a plan's graph: the same boxes and arrows as SVG, Mermaid or DOT."""
