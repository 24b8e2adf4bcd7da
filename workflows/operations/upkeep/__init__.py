"""The machine and the home: checks, alarms, backup, restore, what is old thrown away."""
