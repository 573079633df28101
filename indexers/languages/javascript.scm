; name = "javascript"
; grammar = "tree_sitter_javascript"
; inherits = ["shared/ecmascript"]
; extensions = [".js", ".jsx", ".mjs", ".cjs", ".es6"]
; filenames = ["Jakefile"]
; interpreters = ["node", "nodejs"]
; attributes = ["decorator"]
; package_files = ["index"]
; self_names = ["this", "super"]

(field_definition property: [(property_identifier) (private_property_identifier)] @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)
  (call_expression arguments: (arguments . [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))
]) @definition.function
((field_definition "static" property: (property_identifier) @name) @definition.constant (#match? @name "^[A-Z][A-Z0-9_]*$"))

(class_heritage (identifier) @name @reference.inherit)
(class_heritage (member_expression object: (_) @qualifier property: (property_identifier) @name) @reference.inherit)
(class_heritage (call_expression arguments: (arguments (identifier) @name @reference.inherit)))

((jsx_opening_element name: (identifier) @name) @reference.call (#match? @name "^[A-Z]"))
((jsx_self_closing_element name: (identifier) @name) @reference.call (#match? @name "^[A-Z]"))
(jsx_opening_element name: (member_expression object: (_) @qualifier property: (property_identifier) @name)) @reference.call
(jsx_self_closing_element name: (member_expression object: (_) @qualifier property: (property_identifier) @name)) @reference.call

(field_definition property: [(property_identifier) (private_property_identifier)] @name) @member
(formal_parameters [
  (identifier) @name (assignment_pattern left: (identifier) @name) (rest_pattern (identifier) @name)]) @local
(jsx_expression (identifier) @name) @reference.value
(jsx_expression (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name)) @reference.value
