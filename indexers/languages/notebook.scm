; name = "notebook"
; grammar = "tree_sitter_python"
; extensions = [".ipynb"]
; family = "python"
; inherits = ["python"]
; cells = true
