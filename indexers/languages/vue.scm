; name = "vue"
; grammar = "tree_sitter_html"
; extensions = [".vue"]
; family = "javascript"
; inherits = ["html"]
; scripts = true

; A component is written with a capital, or with a dash as in HTML.
((tag_name) @name @reference.call (#match? @name "^[A-Z]"))
((end_tag (tag_name) @ignore) (#match? @ignore "^[A-Z]"))
