; name = "svelte"
; grammar = "tree_sitter_svelte"
; extensions = [".svelte"]
; family = "ecmascript"
; inherits = ["html"]

; A component is written with a capital.
((tag_name) @name @reference.call (#match? @name "^[A-Z]"))
((end_tag (tag_name) @ignore) (#match? @ignore "^[A-Z]"))
