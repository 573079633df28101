; name = "objc"
; grammar = "tree_sitter_objc"
; extensions = [".mm"]
; sniff = { ".m" = "^[ \\t]*(@(interface|implementation|protocol|import|class)\\b|#[ \\t]*(import|include|pragma|define)\\b)", ".h" = "^[ \\t]*(@(interface|protocol|import|class|end)\\b|#[ \\t]*import\\b|NS_ASSUME_NONNULL_BEGIN)" }
; mends = { "\\b(?:(?:NS|CF|UI|OS|SD|API|AF)_[A-Z_]+|UIKIT_EXTERN|FOUNDATION_EXPORT|__kindof|__unused|__block|__weak|nonnull|nullable|_Nullable|_Nonnull|_Null_unspecified|IBAction|IBInspectable|IB_DESIGNABLE)\\b(?!\\s*\\(\\s*[A-Z][A-Za-z]+\\s*,)(?:\\([^()\\n]*\\))?" = " " }
; self_names = ["self", "super"]

(protocol_declaration "@protocol" . (identifier) @name) @definition.protocol
(class_interface "@interface" . (identifier) @name ["<" ":"]) @definition.class
(class_interface "@interface" . (identifier) @name "(") @definition.extension
(class_interface "@interface" . (identifier) @name) @definition.class
(class_implementation "@implementation" . (identifier) @name) @definition.impl
((type_definition type: (macro_type_specifier name: (identifier) @_enum type: (type_descriptor type: (type_identifier) @name)))
  @definition.enum (#match? @_enum "^(NS|CF)_(CLOSED_)?(ENUM|OPTIONS)$"))
; A method is known by the first part of its selector.
(method_definition (method_type) . (identifier) @name (compound_statement) @body) @definition.method
(method_declaration (method_type) . (identifier) @name) @definition.prototype
(property_declaration (struct_declaration (struct_declarator [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
]))) @definition.property

(class_interface superclass: (identifier) @name @reference.inherit)
(class_interface (parameterized_arguments (type_name (type_identifier) @name @reference.inherit)))
(protocol_reference_list (identifier) @name @reference.inherit)
(message_expression receiver: (_) @qualifier . method: (identifier) @name) @reference.call
(module_import path: (_) @module) @reference.import

; What is plain C. Its own query is several times as long, and takes seconds to compile for this grammar.
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
((type_identifier) @name @reference.type)
(type_definition type: [(type_identifier) (primitive_type) (sized_type_specifier)] declarator: [(type_identifier) @name
  (_ declarator: (type_identifier) @name) (function_declarator declarator: (parenthesized_declarator (_ declarator: (type_identifier) @name)))]) @definition.type
