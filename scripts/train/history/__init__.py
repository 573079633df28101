"""Learns which units a task needs from what repositories' own histories changed; `python -m scripts.train.history --help`.

commits      the log of a repository → messages with the lines that each commit changed
tasks        a state of a repository and the commits after it → texts with the lines that answer them
measure      tasks → the features of the candidates, with labels (needs the index)
learn        features and labels → the model that memoryd ships
"""
