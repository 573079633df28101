; name = "hlsl"
; grammar = "tree_sitter_hlsl"
; extensions = [".hlsl", ".hlsli", ".fx", ".fxh", ".usf", ".ush", ".cginc"]
; family = "hlsl"
; inherits = ["cpp"]
; self_names = ["this"]

(translation_unit (declaration declarator: (identifier) @name (semantics)) @definition.variable)
