; name = "hlsl"
; grammar = "tree_sitter_hlsl"
; extensions = [".hlsl", ".hlsli", ".fx", ".fxh", ".usf", ".ush", ".cginc"]
; family = "hlsl"
; self_names = ["this"]

(translation_unit (declaration declarator: (identifier) @name (semantics)) @definition.variable)

; What is as in C and C++.
(function_definition declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ declarator: (function_declarator declarator: (identifier) @name))
]) @definition.function
(translation_unit (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ declarator: (function_declarator declarator: (identifier) @name))
] ";" @body) @definition.prototype)
(translation_unit (declaration declarator: [
  (identifier) @name
  (init_declarator declarator: [(identifier) @name (_ declarator: (identifier) @name)])
  (_ declarator: (identifier) @name)
]) @definition.variable)
(struct_specifier name: (type_identifier) @name body: (_) @body) @definition.struct
(enum_specifier name: (type_identifier) @name body: (_) @body) @definition.enum
(preproc_def name: (identifier) @name value: (_)) @definition.constant
(preproc_function_def name: (identifier) @name) @definition.macro
(preproc_include path: [(string_literal) (system_lib_string)] @module) @reference.import
(call_expression function: (identifier) @name) @reference.call
((type_identifier) @name @reference.type (#not-match? @name "^(bool|float|half|int|uint|double)[1-4](x[1-4])?$"))
(namespace_definition name: (_) @name) @definition.module
(class_specifier name: (type_identifier) @name body: (_) @body) @definition.class
(field_declaration_list (function_definition declarator: (function_declarator declarator: (field_identifier) @name)) @definition.method)
(call_expression function: (field_expression argument: (_) @qualifier field: (field_identifier) @name)) @reference.call
