; name = "ocaml"
; grammar = "tree_sitter_ocaml"
; function = "language_ocaml"
; extensions = [".ml"]
; interpreters = ["ocaml", "ocamlrun"]
; family = "ocaml"
; self_names = ["self", "this"]
; inherits = ["shared/ocaml"]

(value_definition (let_binding pattern: (value_name) @name (parameter)) @definition.function)
(value_definition (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)]) @definition.function)
(value_definition (let_binding pattern: (parenthesized_operator (_) @name)) @definition.function)
(compilation_unit (value_definition (let_binding pattern: (value_name) @name) @definition.variable))
(structure (value_definition (let_binding pattern: (value_name) @name) @definition.variable))
(class_definition (class_binding (class_name) @name) @definition.class)
(module_definition (module_binding (module_name) @name) @definition.module)
(method_definition (method_name) @name) @definition.method
; The first of several bindings begins with the keyword, the ones after `and` with themselves.
(value_definition "let" @definition.function . (let_binding pattern: (value_name) @name (parameter)))
(value_definition "let" @definition.function . (let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)]))
(compilation_unit (value_definition "let" @definition.variable . (let_binding pattern: (value_name) @name)))
(structure (value_definition "let" @definition.variable . (let_binding pattern: (value_name) @name)))
(class_definition "class" @definition.class . (class_binding (class_name) @name))
(module_definition "module" @definition.module . (module_binding (module_name) @name))

(application_expression function: (value_path . (value_name) @name .)) @reference.call
(application_expression function: (value_path (module_path) @qualifier (value_name) @name)) @reference.call
(infix_expression operator: (_) @_pipe right: (value_path . (value_name) @name .) @reference.call (#any-of? @_pipe "|>" "@@"))
(infix_expression operator: (_) @_pipe right: (value_path (module_path) @qualifier (value_name) @name) @reference.call (#any-of? @_pipe "|>" "@@"))
(method_invocation object: (_) @qualifier method: (method_name) @name) @reference.call
(module_application functor: (module_path (module_name) @name .)) @reference.call
(inheritance_definition (_ (class_name) @name)) @reference.inherit
(new_expression (class_path (class_name) @name)) @reference.call

(open_module module: (module_path) @module) @reference.import
(include_module module: (module_path) @module) @reference.import
