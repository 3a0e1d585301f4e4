"""One module per subject: each function takes the parameters of a call and returns the rule, ready to run.

All that depends on the parameters alone (dates, sentences, whole results) is prepared once, so that judging
one person is a few comparisons.
"""
