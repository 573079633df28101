; name = "objc"
; grammar = "tree_sitter_objc"
; branches = true
; inherits = ["shared/plain_c"]
; extensions = [".mm"]
; sniff = { ".m" = "^[ \\t]*(@(interface|implementation|protocol|import|class)\\b|#[ \\t]*(import|include|pragma|define)\\b)", ".h" = "^[ \\t]*(@(interface|protocol|import|class|end)\\b|#[ \\t]*import\\b|NS_ASSUME_NONNULL_BEGIN)" }
; mends = { "(,[ \\t]*(?:null_resettable|null_unspecified|nullable|nonnull))(?=[ \\t]*[,)])|(?<!#if )(?<!#ifdef )(?<!#ifndef )(?<!#elif )(?<!#define )(?<!&& )(?<!\\|\\| )(?<!defined\\()\\b(?:(?:NS|CF|UI|OS|SD|API|AF)_[A-Z_]+|UIKIT_EXTERN|FOUNDATION_EXPORT|__kindof|__unused|__block|__weak|nonnull|nullable|_Nullable|_Nonnull|_Null_unspecified|IBAction|IBInspectable|IB_DESIGNABLE)\\b(?!\\s*\\(\\s*[A-Z][A-Za-z]+\\s*,)(?:\\((?:[^()\\n]|\\([^()\\n]{0,80}\\)){0,300}+\\))?" = " ", '\b(typedef[ \t]{1,9}(?:NS|CF)_(?:CLOSED_|ERROR_)?(?:ENUM|OPTIONS)\([ \t]{0,9}\w{1,60},[ \t]{0,9})\w{1,100}\)[ \t\n]{0,9}\{' = "enum", '\btypedef[ \t]{1,9}(?:NS|CF)_(?:CLOSED_|ERROR_)?(?:ENUM|OPTIONS)\([ \t]{0,9}\w{1,60},[ \t]{0,9}\w{1,100}(\))[ \t\n]{0,9}\{' = " " }
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

; What is as in C.
((type_identifier) @name @reference.type)
(type_definition type: [(type_identifier) (primitive_type) (sized_type_specifier)] declarator: [(type_identifier) @name
  (_ declarator: (type_identifier) @name) (function_declarator declarator: (parenthesized_declarator (_ declarator: (type_identifier) @name)))]) @definition.type
