; name = "tsx"
; grammar = "tree_sitter_typescript"
; function = "language_tsx"
; inherits = ["typescript"]
; extensions = [".tsx"]
; attributes = ["decorator"]
; family = "javascript"
; package_files = ["index"]
; self_names = ["this", "super"]

((jsx_opening_element name: (identifier) @name) @reference.call (#match? @name "^[A-Z]"))
((jsx_self_closing_element name: (identifier) @name) @reference.call (#match? @name "^[A-Z]"))
(jsx_opening_element name: (member_expression object: (_) @qualifier property: (property_identifier) @name)) @reference.call
(jsx_self_closing_element name: (member_expression object: (_) @qualifier property: (property_identifier) @name)) @reference.call
(jsx_expression (identifier) @name) @reference.value
(jsx_expression (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name)) @reference.value
