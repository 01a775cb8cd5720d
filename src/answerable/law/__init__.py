"""The rules: one folder a statute, dated values, small tests, a table of cases."""
