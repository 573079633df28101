; name = "plain_c"
; grammar = "tree_sitter_c"
; What grammars that grew from C's have in common. The query of C itself is several times as long, and takes seconds to compile for them.

((function_definition declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ declarator: (function_declarator declarator: (identifier) @name))
]) @definition.function (#not-match? @name "^(if|for|while|switch|return)$"))
(translation_unit (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ declarator: (function_declarator declarator: (identifier) @name))
] ";" @body) @definition.prototype)
(translation_unit (_ (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ declarator: (function_declarator declarator: (identifier) @name))
] ";" @body) @definition.prototype))
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
