; name = "zig"
; grammar = "tree_sitter_zig"
; extensions = [".zig"]
; comments = ["comment"]
; package_files = ["root", "main"]
; self_names = ["self", "Self", "@This()"]

(source_file (function_declaration name: (_) @name) @definition.function)
(struct_declaration (function_declaration name: (_) @name) @definition.function)
(enum_declaration (function_declaration name: (_) @name) @definition.function)
(union_declaration (function_declaration name: (_) @name) @definition.function)
(opaque_declaration (function_declaration name: (_) @name) @definition.function)
; One without a body ends at its semicolon.
(function_declaration name: (_) @name !body ";" @body) @definition.function

; A type is a constant whose value is its declaration.
(variable_declaration (identifier) @name . "=" . (struct_declaration "{" @body)) @definition.struct
(variable_declaration (identifier) @name . "=" . (opaque_declaration "{" @body)) @definition.struct
(variable_declaration (identifier) @name . "=" . (union_declaration "{" @body)) @definition.struct
(variable_declaration (identifier) @name . "=" . (enum_declaration "{" @body)) @definition.enum
(source_file (variable_declaration (identifier) @name . "=" . [
  (error_set_declaration)
  (binary_expression left: (error_set_declaration))
  (pointer_type (function_signature))
 ]) @definition.type)
(struct_declaration (variable_declaration (identifier) @name . "=" . [
  (error_set_declaration)
  (binary_expression left: (error_set_declaration))
  (pointer_type (function_signature))
 ]) @definition.type)

; What only gives a name to an import is an import.
(source_file (variable_declaration "const" . (identifier) @name "=" . (_) @_value
  (#not-match? @_value "^(@(import|cImport|This)\\b|std\\.)")) @definition.constant)
(struct_declaration (variable_declaration "const" . (identifier) @name "=" . (_) @_value
  (#not-match? @_value "^(@(import|cImport|This)\\b|std\\.)")) @definition.constant)
(enum_declaration (variable_declaration "const" . (identifier) @name "=" . (_) @_value
  (#not-match? @_value "^(@(import|cImport|This)\\b|std\\.)")) @definition.constant)
(union_declaration (variable_declaration "const" . (identifier) @name "=" . (_) @_value
  (#not-match? @_value "^(@(import|cImport|This)\\b|std\\.)")) @definition.constant)
(source_file (variable_declaration "var" . (identifier) @name) @definition.variable)
(struct_declaration (variable_declaration "var" . (identifier) @name) @definition.variable)
(source_file (variable_declaration "extern" "const" . (identifier) @name . ":") @definition.constant)

(test_declaration (string (string_content) @name)) @definition.test
(test_declaration (identifier) @name) @definition.test

(variable_declaration . (identifier) @alias
  (builtin_function (builtin_identifier) @_import (arguments (string (string_content) @module))) @reference.import
  (#eq? @_import "@import"))
(variable_declaration . (identifier) @alias
  (field_expression
    object: (builtin_function (builtin_identifier) @_import (arguments (string (string_content) @module)))
    member: (_) @name) @reference.import
  (#eq? @_import "@import"))
(variable_declaration . (identifier) @alias
  (field_expression
    object: (field_expression
      object: (builtin_function (builtin_identifier) @_import (arguments (string (string_content) @module))))
    member: (_) @name) @reference.import
  (#eq? @_import "@import"))
(variable_declaration . (identifier) @alias
  (field_expression object: (_) @module member: (_) @name) @reference.import
  (#match? @module "^std\\b"))
(using_namespace_declaration
  (builtin_function (arguments (string (string_content) @module))) @reference.import)
(call_expression function: (field_expression
  object: (builtin_function (builtin_identifier) @_import (arguments (string (string_content) @module))) @reference.import)
  (#eq? @_import "@import"))
(builtin_function (builtin_identifier) @_include (arguments (string (string_content) @module))
  (#any-of? @_include "@cInclude" "@embedFile")) @reference.import

(call_expression function: (identifier) @name) @reference.call
(call_expression function: (field_expression object: (_) @qualifier member: (_) @name)) @reference.call
(struct_initializer . (identifier) @name) @reference.call
(struct_initializer . (field_expression object: (_) @qualifier member: (_) @name)) @reference.call

([
  (parameter type: (identifier) @name)
  (function_declaration type: (identifier) @name)
  (function_signature type: (identifier) @name)
  (container_field type: (identifier) @name)
  (variable_declaration type: (identifier) @name)
  (pointer_type (identifier) @name)
  (nullable_type (identifier) @name)
  (slice_type (identifier) @name)
  (error_union_type (identifier) @name)
 ] @reference.type
 (#not-match? @name "^(Self|This|_|T)$"))
([
  (parameter type: (field_expression object: (_) @qualifier member: (_) @name))
  (function_declaration type: (field_expression object: (_) @qualifier member: (_) @name))
  (container_field type: (field_expression object: (_) @qualifier member: (_) @name))
  (variable_declaration type: (field_expression object: (_) @qualifier member: (_) @name))
  (pointer_type (field_expression object: (_) @qualifier member: (_) @name))
  (nullable_type (field_expression object: (_) @qualifier member: (_) @name))
  (slice_type (field_expression object: (_) @qualifier member: (_) @name))
  (error_union_type (field_expression object: (_) @qualifier member: (_) @name))
 ] @reference.type)

(container_field name: (identifier) @name) @member
