; name = "go"
; grammar = "tree_sitter_go"
; extensions = [".go"]
; comments = ["comment"]
; package_scope = true
; self_names = []

(source_file (function_declaration name: (identifier) @name) @definition.function)

(source_file (method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @owner
    (generic_type type: (type_identifier) @owner)
    (pointer_type (type_identifier) @owner)
    (pointer_type (generic_type type: (type_identifier) @owner))
  ]))
  name: (field_identifier) @name) @definition.function)

(interface_type (method_elem name: (field_identifier) @name) @definition.method)

; A declaration of one name spans its keyword, those of a group only their line.
(source_file (type_declaration . (type_spec
  name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) .) @definition.struct)
(source_file (type_declaration . (type_spec
  name: (type_identifier) @name type: (interface_type "{" @body)) .) @definition.interface)
(source_file (type_declaration . [
  (type_spec name: (type_identifier) @name) (type_alias name: (type_identifier) @name)] .) @definition.type)
(source_file (type_declaration "(" (type_spec
  name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @definition.struct))
(source_file (type_declaration "(" (type_spec
  name: (type_identifier) @name type: (interface_type "{" @body)) @definition.interface))
(source_file (type_declaration "(" [
  (type_spec name: (type_identifier) @name) (type_alias name: (type_identifier) @name)] @definition.type))

(source_file (const_declaration . (const_spec (identifier) @name) .) @definition.constant)
(source_file (const_declaration "(" (const_spec (identifier) @name) @definition.constant))
(source_file (var_declaration . (var_spec name: (identifier) @name (#not-eq? @name "_"))) @definition.variable)
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name (#not-eq? @name "_")) @definition.variable)))

(import_spec !name path: (_) @module) @reference.import
(import_spec name: [(package_identifier) (blank_identifier)] @alias path: (_) @module) @reference.import
(import_spec name: (dot) @name path: (_) @module) @reference.import

(call_expression function: (identifier) @name
  (#not-match? @name "^(append|cap|clear|close|copy|delete|len|make|new|panic|print|println|recover)$")
  (#not-match? @name "^(string|byte|rune|bool|u?int(8|16|32|64|ptr)?|float(32|64))$")) @reference.call
(call_expression function: (selector_expression operand: (_) @qualifier field: (field_identifier) @name)) @reference.call
(call_expression function: (index_expression operand: (identifier) @name)) @reference.call
(call_expression function: (index_expression
  operand: (selector_expression operand: (_) @qualifier field: (field_identifier) @name))) @reference.call
(composite_literal type: (type_identifier) @name) @reference.call
(composite_literal type: (generic_type type: (type_identifier) @name)) @reference.call
(composite_literal type: (qualified_type package: (_) @qualifier name: (_) @name)) @reference.call
(type_conversion_expression type: (generic_type type: (type_identifier) @name)) @reference.call

; What a type embeds, it has: its methods are found on the outer type.
(field_declaration !name type: (type_identifier) @name) @reference.inherit
(field_declaration !name type: (generic_type type: (type_identifier) @name)) @reference.inherit
(field_declaration !name type: (qualified_type package: (_) @qualifier name: (_) @name)) @reference.inherit
(field_declaration !name type: (generic_type
  type: (qualified_type package: (_) @qualifier name: (_) @name))) @reference.inherit
(interface_type (type_elem . (type_identifier) @name .) @reference.inherit)
(interface_type (type_elem . (generic_type type: (type_identifier) @name) .) @reference.inherit)
(interface_type (type_elem . (qualified_type package: (_) @qualifier name: (_) @name) .) @reference.inherit)

(qualified_type package: (_) @qualifier name: (_) @name) @reference.type
([
  (parameter_declaration type: (type_identifier) @name)
  (variadic_parameter_declaration type: (type_identifier) @name)
  (function_declaration result: (type_identifier) @name)
  (method_declaration result: (type_identifier) @name)
  (method_elem result: (type_identifier) @name)
  (function_type result: (type_identifier) @name)
  (func_literal result: (type_identifier) @name)
  (field_declaration name: (_) type: (type_identifier) @name)
  (var_spec type: (type_identifier) @name)
  (const_spec type: (type_identifier) @name)
  (type_spec type: (type_identifier) @name)
  (type_alias type: (type_identifier) @name)
  (type_constraint (type_identifier) @name)
  (type_elem (type_identifier) @name)
  (pointer_type (type_identifier) @name)
  (slice_type element: (type_identifier) @name)
  (array_type element: (type_identifier) @name)
  (map_type key: (type_identifier) @name)
  (map_type value: (type_identifier) @name)
  (channel_type value: (type_identifier) @name)
  (generic_type type: (type_identifier) @name)
  (type_assertion_expression type: (type_identifier) @name)
  (type_case type: (type_identifier) @name)
 ] @reference.type
 (#not-match? @name "^(any|bool|byte|comparable|complex(64|128)|error|float(32|64)|u?int(8|16|32|64|ptr)?|rune|string)$"))

; What structs hold.
(struct_type (field_declaration_list (field_declaration name: (field_identifier) @name) @member))
; What names hold: receivers, parameters, locals, fields, results.
(parameter_declaration name: (identifier) @name type: (_) @type) @binding.variable
(var_spec name: (identifier) @name type: (_) @type) @binding.variable
(short_var_declaration left: (expression_list . (identifier) @name) right: (expression_list . (call_expression) @value .)) @binding.variable
(short_var_declaration left: (expression_list . (identifier) @name .)
  right: (expression_list . [(composite_literal type: (_) @type) (unary_expression operand: (composite_literal type: (_) @type))] .))
  @binding.variable
(short_var_declaration left: (expression_list . (identifier) @name .) right: (expression_list . [(identifier) (selector_expression)] @value .))
  @binding.variable
(short_var_declaration left: (expression_list . (identifier) @name)
  right: (expression_list . (type_assertion_expression type: (_) @type) .)) @binding.variable
(source_file (type_declaration (type_spec type: (struct_type (field_declaration_list
  (field_declaration name: (field_identifier) @name type: (_) @type) @binding.attribute)))))
(source_file (type_declaration (type_spec type: (struct_type (field_declaration_list (field_declaration !name type: [
  (type_identifier) @name (qualified_type name: (_) @name) (generic_type type: (type_identifier) @name)
  (generic_type type: (qualified_type name: (_) @name))] @type) @binding.attribute)))))
(source_file (function_declaration result: [(_) @type (parameter_list . (parameter_declaration type: (_) @type))]) @binding.returns)
(source_file (method_declaration result: [(_) @type (parameter_list . (parameter_declaration type: (_) @type))]) @binding.returns)

; A function may be given as a value: any name, or what is selected, that is no parameter or variable.
([
  (argument_list (identifier) @name)
  (literal_element (identifier) @name)
  (short_var_declaration right: (expression_list (identifier) @name))
  (assignment_statement right: (expression_list (identifier) @name))
  (var_spec value: (expression_list (identifier) @name))
  (return_statement (expression_list (identifier) @name))
 ] @reference.value)
([
  (argument_list (selector_expression operand: (_) @qualifier field: (field_identifier) @name))
  (literal_element (selector_expression operand: (_) @qualifier field: (field_identifier) @name))
  (short_var_declaration right: (expression_list (selector_expression operand: (_) @qualifier field: (field_identifier) @name)))
  (assignment_statement right: (expression_list (selector_expression operand: (_) @qualifier field: (field_identifier) @name)))
  (var_spec value: (expression_list (selector_expression operand: (_) @qualifier field: (field_identifier) @name)))
  (return_statement (expression_list (selector_expression operand: (_) @qualifier field: (field_identifier) @name)))
 ] @reference.value)

; Local variables hide what has their names outside.
(parameter_declaration name: (identifier) @name @local)
(variadic_parameter_declaration name: (identifier) @name @local)
(short_var_declaration left: (expression_list (identifier) @name)) @local
(var_spec name: (identifier) @name) @local
(const_spec name: (identifier) @name) @local
(range_clause left: (expression_list (identifier) @name)) @local
(receive_statement left: (expression_list (identifier) @name)) @local
(type_switch_statement alias: (expression_list (identifier) @name @local))
[
  (function_declaration) (method_declaration) (block) (if_statement) (for_statement) (expression_switch_statement) (type_switch_statement)
  (expression_case) (type_case) (default_case) (communication_case)
] @scope
[(func_literal) (function_type)] @scope.inner
