"""Plans played on a simulated clock: a rehearsal before publishing, a season for show."""
