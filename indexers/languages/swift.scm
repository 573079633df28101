; name = "swift"
; grammar = "tree_sitter_swift"
; extensions = [".swift", ".swiftinterface"]
; interpreters = ["swift"]
; comments = ["comment", "multiline_comment"]
; attributes = ["attribute"]
; package_scope = true
; self_names = ["self", "super", "Self"]

(class_declaration declaration_kind: "class" name: (type_identifier) @name) @definition.class
(class_declaration declaration_kind: "actor" name: (type_identifier) @name) @definition.class
(class_declaration declaration_kind: "struct" name: (type_identifier) @name) @definition.struct
(class_declaration declaration_kind: "enum" name: (type_identifier) @name) @definition.enum
(class_declaration declaration_kind: "extension" name: (user_type . (type_identifier) @name .)) @definition.extension
(class_declaration declaration_kind: "extension" name: (user_type . (type_identifier) @name . (type_arguments) .)) @definition.extension
(class_declaration declaration_kind: "extension" name: (user_type (type_identifier) (type_identifier)) @name) @definition.extension
(protocol_declaration name: (type_identifier) @name) @definition.protocol
(typealias_declaration name: (type_identifier) @name) @definition.type @head
(associatedtype_declaration name: (type_identifier) @name) @definition.type @head
(macro_declaration (simple_identifier) @name) @definition.macro @head

; A function is one of a file or a type: those within functions belong to what holds them.
(source_file (function_declaration "func" . name: _ @name) @definition.function)
(ERROR (function_declaration "func" . name: _ @name) @definition.function)
(class_declaration body: (_ (function_declaration "func" . name: _ @name) @definition.function))
(protocol_function_declaration "func" . name: _ @name) @definition.function @head
(init_declaration name: "init" @name) @definition.constructor @head
(deinit_declaration "deinit" @name) @definition.function
(subscript_declaration "subscript" @name (computed_property) @body) @definition.property

(source_file (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)
  [(computed_property) (willset_didset_block)] @body) @definition.property)
(class_declaration body: (_ (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)
  [(computed_property) (willset_didset_block)] @body) @definition.property))
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property

(source_file (property_declaration (value_binding_pattern "let")
  name: [(pattern bound_identifier: (simple_identifier) @name) (pattern (pattern (simple_identifier) @name))]) @definition.constant)
(source_file (property_declaration (value_binding_pattern "var")
  name: [(pattern bound_identifier: (simple_identifier) @name) (pattern (pattern (simple_identifier) @name))]) @definition.variable)
(class_declaration body: (_ (property_declaration (modifiers (property_modifier "static")) (value_binding_pattern "let")
  name: (pattern bound_identifier: (simple_identifier) @name)) @definition.constant))
(class_declaration body: (_ (property_declaration (modifiers (property_modifier "static")) (value_binding_pattern "var")
  name: (pattern bound_identifier: (simple_identifier) @name)) @definition.variable))

(inheritance_specifier inherits_from: (user_type . (type_identifier) @name . (type_arguments)? .)) @reference.inherit
(inheritance_specifier inherits_from: (user_type (type_identifier) @qualifier . (type_identifier) @name .
  (type_arguments)? .)) @reference.inherit

; `a[1]` looks like a call, but for its brackets.
(call_expression . (simple_identifier) @name (call_suffix . [(value_arguments "(") (lambda_literal)])) @reference.call
(call_expression . (navigation_expression target: _ @qualifier suffix: (navigation_suffix suffix: (simple_identifier) @name))
  (call_suffix . [(value_arguments "(") (lambda_literal)])) @reference.call
; `.open(x)` has a receiver, the type that is expected: what stands after it cannot be read as a name.
(call_expression . (prefix_expression operation: "." target: (simple_identifier) @name) (call_suffix) @qualifier) @reference.call
(constructor_expression constructed_type: (user_type . (type_identifier) @name . (type_arguments)? .)) @reference.call
(constructor_expression constructed_type: (user_type
  (type_identifier) @qualifier . (type_identifier) @name . (type_arguments)? .)) @reference.call
(macro_invocation (simple_identifier) @name) @reference.call
(selector_expression (simple_identifier) @name) @reference.call
; What a type has is taken of it: `Status.paid`.
((navigation_expression target: (simple_identifier) @name @reference.receiver) (#match? @name "^_?[A-Z]\\w*[a-z]"))

(parameter (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(type_annotation (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(function_declaration (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(protocol_function_declaration (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(optional_type (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(array_type (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(dictionary_type (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(tuple_type_item (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(function_type (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(type_arguments (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(type_parameter (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(inheritance_constraint (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(equality_constraint (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(typealias_declaration (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(associatedtype_declaration (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(as_expression (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(check_expression (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(attribute (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(existential_type (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(opaque_type (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(metatype (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(protocol_composition_type (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(enum_type_parameters (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)
(subscript_declaration (user_type (type_identifier) @name . (type_arguments)? .) @reference.type)

(import_declaration (identifier) @module) @reference.import

; What types hold.
(property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @member
(enum_entry name: (simple_identifier) @name) @member
; What names hold: parameters, locals, properties, results.
(parameter name: (simple_identifier) @name
  . [(user_type) (optional_type) (array_type) (dictionary_type) (existential_type) (opaque_type)] @type)
  @binding.variable
(parameter name: (simple_identifier) @name . (parameter_modifiers)
  . [(user_type) (optional_type) (existential_type) (opaque_type)] @type) @binding.variable
(statements (property_declaration name: (pattern bound_identifier: (simple_identifier) @name) (type_annotation (_) @type))
  @binding.variable)
(statements (property_declaration name: (pattern bound_identifier: (simple_identifier) @name) . value: [
  (call_expression) (navigation_expression) (try_expression) (await_expression)] @value) @binding.variable)
(if_statement bound_identifier: (simple_identifier) @name . (_) @value) @binding.variable
(guard_statement bound_identifier: (simple_identifier) @name . (_) @value) @binding.variable
(class_declaration body: (_ (property_declaration
  name: (pattern bound_identifier: (simple_identifier) @name) (type_annotation (_) @type)) @binding.attribute))
(class_declaration body: (_ (property_declaration
  name: (pattern bound_identifier: (simple_identifier) @name) . value: (call_expression) @value) @binding.attribute))
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name) (type_annotation (_) @type))
  @binding.attribute
(function_declaration name: [(user_type) (optional_type) (array_type) (existential_type) (opaque_type)] @type) @binding.returns
(protocol_function_declaration name: [(user_type) (optional_type) (array_type) (existential_type) (opaque_type)] @type)
  @binding.returns
