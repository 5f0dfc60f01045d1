"""The randomised model test: edits on both sides, syncs and faults in any order, then the books must agree."""
