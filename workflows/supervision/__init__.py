"""The watch: keeps a running office's processes alive and looks after what they cannot see themselves."""
