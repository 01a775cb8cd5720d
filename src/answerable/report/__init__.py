"""What happened in this period? Figures that anyone can count again."""
