; name = "solidity"
; grammar = "tree_sitter_solidity"
; extensions = [".sol"]
; self_names = ["this", "super"]

(contract_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(library_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(enum_declaration name: (identifier) @name) @definition.enum
(user_defined_type_definition name: (identifier) @name) @definition.type
(event_definition name: (identifier) @name) @definition.event
(error_declaration name: (identifier) @name) @definition.error
(function_definition name: (identifier) @name) @definition.function
(modifier_definition name: (identifier) @name) @definition.macro
(constructor_definition "constructor" @name) @definition.constructor
(fallback_receive_definition ["receive" "fallback"] @name) @definition.function
(constant_variable_declaration name: (identifier) @name) @definition.constant
(state_variable_declaration name: (identifier) @name) @definition.property

(inheritance_specifier ancestor: (user_defined_type . (identifier) @name .)) @reference.inherit
(user_defined_type (identifier) @name .) @reference.type
(using_directive (type_alias (identifier) @name)) @reference.type
((call_expression function: (expression (identifier) @name)) @reference.call
  (#not-match? @name "^(require|assert|keccak256|revert)$"))
(call_expression function: (expression (member_expression object: (_) @qualifier property: (identifier) @name))) @reference.call
(emit_statement name: (expression (identifier) @name)) @reference.call
(revert_statement error: (expression (identifier) @name)) @reference.call
(modifier_invocation . (identifier) @name) @reference.call

(import_directive import_name: (identifier) @name source: (string) @module) @reference.import
(import_directive !import_name source: (string) @module) @reference.import
