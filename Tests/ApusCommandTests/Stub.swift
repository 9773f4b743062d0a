// Stands in until the target's first test.
