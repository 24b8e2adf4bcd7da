"""What people look at: boards, desks, cases, one assignment, counts."""
