"""Words that everybody uses: flows, outcomes, errors; imports nothing of the rooms above."""
