; name = "cuda"
; grammar = "tree_sitter_cuda"
; branches = true
; extensions = [".cu", ".cuh"]
; family = "c"
; inherits = ["cpp"]
; self_names = ["this"]
