"""What can an outsider check without the desk? An answer, a proof, a log."""
