; name = "julia"
; grammar = "tree_sitter_julia"
; extensions = [".jl"]
; interpreters = ["julia"]
; comments = ["line_comment", "block_comment"]
; self_names = []

(module_definition name: (identifier) @name) @definition.module
(abstract_definition (type_head [(identifier) @name (binary_expression . (identifier) @name)
  (binary_expression . (parametrized_type_expression . (identifier) @name)) (parametrized_type_expression . (identifier) @name)])) @definition.interface
(struct_definition (type_head [(identifier) @name (binary_expression . (identifier) @name)
  (binary_expression . (parametrized_type_expression . (identifier) @name)) (parametrized_type_expression . (identifier) @name)]) @head) @definition.struct
(primitive_definition (type_head [(identifier) @name (binary_expression . (identifier) @name)])) @definition.type

; A signature wraps its call in a result type and in `where`.
(function_definition (signature [
  (identifier) @name
  (call_expression . [(identifier) @name (operator) @name (field_expression value: (_) @owner [(identifier) @name (operator) @name] .)
    (field_expression value: (_) @owner (quote_expression (operator) @name))
    (parametrized_type_expression . (identifier) @name)])
  (_ . (call_expression . [(identifier) @name (operator) @name (field_expression value: (_) @owner (identifier) @name .)
    (field_expression value: (_) @owner (quote_expression (operator) @name)) (parametrized_type_expression . (identifier) @name)]))
  (_ . (_ . (call_expression . [(identifier) @name (operator) @name (field_expression value: (_) @owner (identifier) @name .)
    (parametrized_type_expression . (identifier) @name)])))
]) @head) @definition.function
(assignment . [
  (call_expression . [(identifier) @name (operator) @name (field_expression value: (_) @owner (identifier) @name .)
    (field_expression value: (_) @owner (quote_expression (operator) @name)) (parametrized_type_expression . (identifier) @name)]) @head
  (typed_expression . (call_expression . [(identifier) @name (operator) @name (field_expression value: (_) @owner (identifier) @name .)
    (parametrized_type_expression . (identifier) @name)])) @head
  (where_expression . (call_expression . [(identifier) @name (operator) @name (field_expression value: (_) @owner (identifier) @name .)
    (parametrized_type_expression . (identifier) @name)])) @head
  (where_expression . (typed_expression . (call_expression . [(identifier) @name (operator) @name
    (field_expression value: (_) @owner (identifier) @name .) (parametrized_type_expression . (identifier) @name)]))) @head
]) @definition.function
(macro_definition (signature (call_expression . [(identifier) (operator)] @name)) @head) @definition.macro
(const_statement (assignment . (identifier) @name)) @definition.constant
(const_statement (assignment . (typed_expression . (identifier) @name))) @definition.constant
(source_file (assignment . (identifier) @name) @definition.variable)
(module_definition (assignment . (identifier) @name) @definition.variable)
((macrocall_expression (macro_identifier (identifier) @_enum) (macro_argument_list . [(identifier) @name (typed_expression . (identifier) @name)]))
  @definition.enum (#eq? @_enum "enum"))

; A string above a definition documents it.
(source_file (string_literal) @comment)
(module_definition (string_literal) @comment)
(struct_definition (string_literal) @comment)

(type_head (binary_expression (_) . (operator) . [(identifier) @name (parametrized_type_expression . (identifier) @name)
  (field_expression value: (_) @qualifier (identifier) @name .)])) @reference.inherit
(typed_expression (_) . [(identifier) @name (parametrized_type_expression . (identifier) @name)] .) @reference.type
((call_expression . (identifier) @name) @reference.call (#not-eq? @name "include"))
(call_expression . (field_expression value: (_) @qualifier (identifier) @name .)) @reference.call
(broadcast_call_expression . (identifier) @name) @reference.call
(macrocall_expression (macro_identifier (identifier) @name)) @reference.call

(using_statement [(identifier) (import_path)] @module) @reference.import
(import_statement [(identifier) (import_path)] @module) @reference.import
(selected_import . (_) @module [(identifier) (macro_identifier)] @name) @reference.import
((call_expression . (identifier) @_include (argument_list . (string_literal (content) @module))) @reference.import (#eq? @_include "include"))
