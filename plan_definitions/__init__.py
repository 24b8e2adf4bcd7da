"""The language: a plan's YAML text goes in; a checked definition, or diagnostics, come out."""
