; name = "ocaml"
; grammar = "tree_sitter_ocaml"

(type_definition (type_binding name: (type_constructor) @name) @definition.type)
(type_definition "type" @definition.type . (type_binding name: (type_constructor) @name))
(exception_definition (constructor_declaration (constructor_name) @name)) @definition.exception
(module_type_definition (module_type_name) @name) @definition.interface
(external (value_name) @name) @definition.function
(value_specification (value_name) @name) @definition.prototype
(value_specification (parenthesized_operator (_) @name)) @definition.prototype
(method_specification (method_name) @name) @definition.prototype

(type_constructor_path (extended_module_path) @qualifier (type_constructor) @name) @reference.type
((type_constructor_path . (type_constructor) @name) @reference.type
  (#not-match? @name "^(int|string|bool|float|char|unit|list|array|option|bytes|exn|ref)$"))
(module_type_path (module_type_name) @name) @reference.type
