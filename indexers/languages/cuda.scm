; name = "cuda"
; grammar = "tree_sitter_cuda"
; branches = true
; extensions = [".cu", ".cuh"]
; family = "c"
; inherits = ["cpp"]
; self_names = ["this"]
; mends = { '\b(?:struct|class|union)[ \t]+(__align__[ \t]*\([^()\n]{0,80}\))' = " " }
