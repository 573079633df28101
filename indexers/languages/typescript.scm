; name = "typescript"
; grammar = "tree_sitter_typescript"
; function = "language_typescript"
; inherits = ["shared/ecmascript"]
; extensions = [".ts", ".mts", ".cts"]
; interpreters = ["deno", "bun", "ts-node", "tsx"]
; attributes = ["decorator"]
; family = "javascript"
; package_files = ["index"]
; self_names = ["this", "super"]
; mends = { '(?:(?<!=)>|[^\s=,(|&:?<>{\[+-])\n+([ \t])(?=[ \t]*[<(])' = ";" }

; The grammar takes an overload, a line that begins with `<` or `(`, for the end of the line above.

(abstract_class_declaration name: (_) @name) @definition.class
(export_statement declaration: (abstract_class_declaration name: (_) @name)) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(export_statement declaration: (interface_declaration name: (_) @name)) @definition.interface
(enum_declaration name: (_) @name) @definition.enum
(export_statement declaration: (enum_declaration name: (_) @name)) @definition.enum
(type_alias_declaration name: (_) @name) @definition.type
(export_statement declaration: (type_alias_declaration name: (_) @name)) @definition.type
(internal_module name: (_) @name) @definition.module
(export_statement declaration: (internal_module name: (_) @name)) @definition.module
(module name: (_) @name) @definition.module

; Declarations without a body.
(function_signature name: (_) @name) @definition.prototype @head
(export_statement declaration: (function_signature name: (_) @name) @head) @definition.prototype
(ambient_declaration [(class_declaration name: (_) @name) (abstract_class_declaration name: (_) @name)]) @definition.class
(ambient_declaration (interface_declaration name: (_) @name)) @definition.interface
(ambient_declaration (enum_declaration name: (_) @name)) @definition.enum
(ambient_declaration (type_alias_declaration name: (_) @name)) @definition.type
(ambient_declaration [(internal_module name: (_) @name) (module name: (_) @name)]) @definition.module
(ambient_declaration (function_signature name: (_) @name) @head) @definition.prototype
(ambient_declaration (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name))) @definition.constant
(ambient_declaration (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name))) @definition.variable
(ambient_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.variable
(export_statement declaration: (ambient_declaration (_ name: (_) @name))) @definition.type
(export_statement declaration: (ambient_declaration (_ (variable_declarator name: (identifier) @name)))) @definition.constant
(internal_module body: (statement_block (lexical_declaration kind: "const"
  (variable_declarator name: (identifier) @name)) @definition.constant))
(module body: (statement_block (lexical_declaration kind: "const"
  (variable_declarator name: (identifier) @name)) @definition.constant))

; Members.
(abstract_method_signature name: [(property_identifier) (private_property_identifier)] @name) @definition.function @head
(class_body (method_signature name: [(property_identifier) (private_property_identifier)] @name) @definition.function @head)
(interface_body (method_signature name: (property_identifier) @name) @definition.function @head)
(type_alias_declaration value: (object_type (method_signature name: (property_identifier) @name) @definition.function @head))
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)
  (call_expression arguments: (arguments . [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))
]) @definition.function
(public_field_definition "static" "readonly" name: [(property_identifier) (private_property_identifier)] @name) @definition.constant

; `const handlers = { … } satisfies Handlers`
(variable_declarator value: [
  (as_expression . (object (pair key: (property_identifier) @name value: [
    (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))
  (satisfies_expression . (object (pair key: (property_identifier) @name value: [
    (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))])

(extends_clause value: (identifier) @name @reference.inherit)
(extends_clause value: (member_expression object: (_) @qualifier property: (property_identifier) @name) @reference.inherit)
(extends_clause value: (call_expression arguments: (arguments (identifier) @name @reference.inherit)))
(implements_clause [(type_identifier) @name (generic_type name: (type_identifier) @name)] @reference.inherit)
(implements_clause [
  (nested_type_identifier module: (_) @qualifier name: (_) @name)
  (generic_type name: (nested_type_identifier module: (_) @qualifier name: (_) @name))] @reference.inherit)
; Another name for a type has its members, and one for all of several those of each.
(type_alias_declaration value: (generic_type name: (type_identifier) @name) @reference.inherit)
(type_alias_declaration value: (type_identifier) @name @reference.inherit)
(type_alias_declaration value: (intersection_type [(type_identifier) @name (generic_type name: (type_identifier) @name)] @reference.inherit))
(extends_type_clause [(type_identifier) @name (generic_type name: (type_identifier) @name)] @reference.inherit)
(extends_type_clause [
  (nested_type_identifier module: (_) @qualifier name: (_) @name)
  (generic_type name: (nested_type_identifier module: (_) @qualifier name: (_) @name))] @reference.inherit)

([
  (type_annotation [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (type_arguments [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (union_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (intersection_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (array_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (readonly_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (parenthesized_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (tuple_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (function_type return_type: [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (constraint [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (default_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (type_predicate type: [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (conditional_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (index_type_query [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (lookup_type [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (opting_type_annotation [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (as_expression [(type_identifier) @name (generic_type name: (type_identifier) @name)])
  (satisfies_expression [(type_identifier) @name (generic_type name: (type_identifier) @name)])
] @reference.type (#not-match? @name "^[A-Z]$"))
(nested_type_identifier module: (_) @qualifier name: (_) @name) @reference.type

(import_statement (import_require_clause (identifier) @alias source: (string (string_fragment) @module))) @reference.import
(import_alias (identifier) @alias (nested_identifier) @module) @reference.import

; What names hold, by their declared types.
(required_parameter pattern: (identifier) @name type: (type_annotation (_) @type)) @binding.variable
(optional_parameter pattern: (identifier) @name type: (type_annotation (_) @type)) @binding.variable
(required_parameter (accessibility_modifier) pattern: (identifier) @name type: (type_annotation (_) @type)) @binding.attribute
(variable_declarator name: (identifier) @name type: (type_annotation (_) @type)) @binding.variable
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name type: (type_annotation (_) @type)) @binding.attribute
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name !type value: (new_expression) @value)
  @binding.attribute
(property_signature name: (property_identifier) @name type: (type_annotation (_) @type)) @binding.attribute
(function_declaration return_type: (type_annotation (_) @type)) @binding.returns
(method_definition return_type: (type_annotation (_) @type)) @binding.returns
(method_signature return_type: (type_annotation (_) @type)) @binding.returns
(abstract_method_signature return_type: (type_annotation (_) @type)) @binding.returns
(variable_declarator value: (arrow_function return_type: (type_annotation (_) @type))) @binding.returns

; What interfaces, types, enums and classes hold.
(interface_body (property_signature name: (property_identifier) @name) @member)
(type_alias_declaration value: [
  (object_type (property_signature name: (property_identifier) @name) @member)
  (intersection_type (object_type (property_signature name: (property_identifier) @name) @member))])
(enum_body [(property_identifier) @name @member (enum_assignment name: (property_identifier) @name) @member])
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name) @member
; What is of a type that a parameter stands for has the members of what that extends.
(type_parameter name: (type_identifier) @name constraint: (constraint [(type_identifier) (generic_type)] @type)) @binding.variable
; Parameters; those of types are names in these alone.
(formal_parameters [
  (required_parameter pattern: (identifier) @name) (required_parameter pattern: (rest_pattern (identifier) @name))
  (optional_parameter pattern: (identifier) @name)]) @local
[
  (function_type) (constructor_type) (function_signature) (method_signature) (abstract_method_signature) (call_signature) (construct_signature)
] @scope.inner
