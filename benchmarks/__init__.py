"""Speed as ratios to a limit measured in the same run. `make bench` runs them; docs/speed.md reads them."""
