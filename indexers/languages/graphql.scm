; name = "graphql"
; grammar = "semble_grammars"
; function = "get_language"
; bundled = "graphql"
; extensions = [".graphql", ".gql", ".graphqls"]
; comments = ["comment", "description"]
; package_scope = true
; self_names = []

([
  (object_type_definition (description (string_value) @doc)? (name) @name (fields_definition)? @body)
  (input_object_type_definition (description (string_value) @doc)? (name) @name (input_fields_definition)? @body)
 ] @definition.class)
(interface_type_definition (description (string_value) @doc)? (name) @name (fields_definition)? @body) @definition.interface
(enum_type_definition (description (string_value) @doc)? (name) @name (enum_values_definition)? @body) @definition.enum
([
  (union_type_definition (description (string_value) @doc)? (name) @name)
  (scalar_type_definition (description (string_value) @doc)? (name) @name)
 ] @definition.type)
([
  (object_type_extension (name) @name (fields_definition)? @body)
  (interface_type_extension (name) @name (fields_definition)? @body)
  (input_object_type_extension (name) @name (input_fields_definition)? @body)
  (enum_type_extension (name) @name (enum_values_definition)? @body)
 ] @definition.extension)
(directive_definition (name) @name) @definition.macro
(operation_definition (name) @name (selection_set) @body) @definition.function
(fragment_definition (fragment_name (name) @name) (selection_set) @body) @definition.function

(fields_definition (field_definition (name) @name) @member)
(input_fields_definition (input_value_definition (name) @name) @member)
(enum_value_definition (enum_value (name) @name)) @member

(implements_interfaces (named_type (name) @name @reference.inherit))
((named_type (name) @name) @reference.type (#not-match? @name "^(ID|String|Int|Float|Boolean)$"))
(fragment_spread (fragment_name (name) @name)) @reference.call
(directive (name) @name) @reference.call
