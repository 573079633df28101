; name = "fsharp"
; grammar = "tree_sitter_fsharp"
; extensions = [".fs", ".fsx"]
; comments = ["line_comment", "block_comment", "xml_doc"]
; attributes = ["attributes"]
; self_names = ["this", "self", "x", "base"]

(named_module name: (long_identifier) @name) @definition.module
(namespace name: (long_identifier) @name) @definition.namespace
(module_defn (identifier) @name) @definition.module
(type_definition (record_type_defn (type_name type_name: (identifier) @name))) @definition.record
(type_definition (union_type_defn (type_name type_name: (identifier) @name))) @definition.union
(type_definition (enum_type_defn (type_name type_name: (identifier) @name))) @definition.enum
(type_definition (type_abbrev_defn (type_name type_name: (identifier) @name))) @definition.type
(type_definition (_ (type_name type_name: (identifier) @name))) @definition.class
(exception_definition exception_name: (long_identifier) @name) @definition.exception
(function_or_value_defn . (function_declaration_left . (identifier) @name) body: (_) @body) @definition.function
(function_or_value_defn (function_declaration_left) (function_declaration_left . (identifier) @name) @definition.function)
(named_module (declaration_expression (function_or_value_defn (value_declaration_left (identifier_pattern (long_identifier_or_op (identifier) @name))) body: (_) @body)) @definition.variable)
(module_defn (declaration_expression (function_or_value_defn (value_declaration_left (identifier_pattern (long_identifier_or_op (identifier) @name))) body: (_) @body)) @definition.variable)
(namespace (declaration_expression (function_or_value_defn (value_declaration_left (identifier_pattern (long_identifier_or_op (identifier) @name))) body: (_) @body)) @definition.variable)
(file (declaration_expression (function_or_value_defn (value_declaration_left (identifier_pattern (long_identifier_or_op (identifier) @name))) body: (_) @body)) @definition.variable)
(member_defn (method_or_prop_defn name: (property_or_ident method: (identifier) @name))) @definition.method
(member_defn (method_or_prop_defn name: (property_or_ident . (identifier) @name .))) @definition.method
(member_defn (member_signature . (identifier) @name)) @definition.prototype

(class_inherits_decl (simple_type (long_identifier (identifier) @name .))) @reference.inherit
(interface_implementation (simple_type (long_identifier (identifier) @name .))) @reference.inherit
((simple_type (long_identifier . (identifier) @name .)) @reference.type
  (#not-match? @name "^(int|string|bool|float|unit|obj|list|option|seq|char|byte|int64|decimal|exn)$"))
(application_expression . (long_identifier_or_op . (identifier) @name)) @reference.call
(application_expression . (long_identifier_or_op (long_identifier . (_) @qualifier (identifier) @name .))) @reference.call
(application_expression . (dot_expression base: (_) @qualifier field: (long_identifier_or_op (identifier) @name))) @reference.call
(import_decl (long_identifier) @module) @reference.import
