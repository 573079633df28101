; name = "fortran"
; grammar = "tree_sitter_fortran"
; extensions = [".f90", ".f95", ".f03", ".f08", ".f", ".for", ".ftn"]
; self_names = ["self", "this"]
; mends = { '&[ \t]*\n(#[^\n]*)' = " ", '(?:=>[ \t]*|\b(?:procedure|generic)\b[^\n:]{0,80}::[ \t]*|&[ \t]*\n(?:#[^\n]{0,200}\n)?[ \t]*)([A-Z][A-Z0-9_]{2,60}\()(?=[a-z]\w{0,62}\))' = " ", '(?:=>[ \t]*|\b(?:procedure|generic)\b[^\n:]{0,80}::[ \t]*|&[ \t]*\n(?:#[^\n]{0,200}\n)?[ \t]*)[A-Z][A-Z0-9_]{2,60}\([a-z]\w{0,62}(\))' = " " }

(module (module_statement (name) @name)) @definition.module
(submodule (submodule_statement (name) @name)) @definition.module
(program (program_statement (name) @name)) @definition.function
(interface [
  (function (function_statement name: (name) @name) @head)
  (subroutine (subroutine_statement name: (name) @name) @head)
 ] @definition.prototype)
(function (function_statement name: (name) @name) @head) @definition.function
(subroutine (subroutine_statement name: (name) @name) @head) @definition.function
(module_procedure (module_procedure_statement name: (name) @name)) @definition.function
(derived_type_definition (derived_type_statement (type_name) @name) @head) @definition.class
(interface (interface_statement (name) @name)) @definition.interface
(derived_type_procedures (procedure_statement declarator: [
  (binding (binding_name (identifier) @name)) (method_name) @name]) @definition.prototype)
(derived_type_procedures (_ (procedure_statement declarator: [
  (binding (binding_name (identifier) @name)) (method_name) @name]) @definition.prototype))
(generic_statement (binding_list (binding_name [(identifier) (operator) (assignment)] @name))) @definition.prototype
(derived_type_definition (variable_declaration declarator: [
  (identifier) @name
  (sized_declarator . (identifier) @name)
  (init_declarator left: [(identifier) @name (sized_declarator . (identifier) @name)])
  (pointer_init_declarator left: [(identifier) @name (sized_declarator . (identifier) @name)])
]) @member)
(enumerator_statement declarator: [(identifier) @name (init_declarator left: (identifier) @name)]) @definition.constant
(module (variable_declaration (type_qualifier) @_parameter declarator: (init_declarator left: [
  (identifier) @name (sized_declarator . (identifier) @name)])) @definition.constant (#match? @_parameter "(?i)^parameter$"))
(module (variable_declaration declarator: [(identifier) @name (sized_declarator . (identifier) @name)
  (init_declarator left: [(identifier) @name (sized_declarator . (identifier) @name)])]) @definition.variable)

(derived_type_statement base: (base_type_specifier (identifier) @name)) @reference.inherit
(derived_type name: (type_name) @name) @reference.type
[(binding (method_name) @name) (binding_list (method_name) @name)] @reference.call
(subroutine_call subroutine: (identifier) @name) @reference.call
(subroutine_call subroutine: (derived_type_member_expression . (_) @qualifier (type_member) @name)) @reference.call
(call_expression . (identifier) @name) @reference.call
(call_expression . (derived_type_member_expression . (_) @qualifier (type_member) @name)) @reference.call

(use_statement (module_name) @module .) @reference.import
(use_statement (module_name) @module (included_items (identifier) @name)) @reference.import
(use_statement (module_name) @module (included_items (use_alias (local_name) @alias (identifier) @name))) @reference.import
(include_statement (filename) @module) @reference.import
