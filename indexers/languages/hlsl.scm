; name = "hlsl"
; grammar = "tree_sitter_hlsl"
; branches = true
; extensions = [".hlsl", ".hlsli", ".fx", ".fxh", ".usf", ".ush", ".cginc"]
; family = "hlsl"
; inherits = ["shared/plain_c"]
; self_names = ["this"]

(translation_unit (declaration declarator: (identifier) @name (semantics)) @definition.variable)

; What is as in C++.
((type_identifier) @name @reference.type (#not-match? @name "^(bool|float|half|int|uint|double)[1-4](x[1-4])?$"))
(namespace_definition name: (_) @name) @definition.module
(class_specifier name: (type_identifier) @name body: (_) @body) @definition.class
(field_declaration_list (function_definition declarator: (function_declarator declarator: (field_identifier) @name)) @definition.method)
(call_expression function: (field_expression argument: (_) @qualifier field: (field_identifier) @name)) @reference.call
