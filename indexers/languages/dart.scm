; name = "dart"
; grammar = "tree_sitter_dart"
; extensions = [".dart"]
; interpreters = ["dart"]
; comments = ["comment", "documentation_comment"]
; attributes = ["annotation"]
; self_names = ["this", "super"]

; What is annotated begins with its annotation; a body is a sibling of its signature.
(class_definition name: (identifier) @name) @definition.class
(mixin_declaration (identifier) @name) @definition.mixin
(enum_declaration name: (identifier) @name) @definition.enum
(extension_declaration name: (identifier) @name) @definition.extension
(extension_type_declaration name: (identifier) @name) @definition.extension
(type_alias . (type_identifier) @name) @definition.type

(method_signature [
  (function_signature name: (identifier) @name)
  (getter_signature name: (identifier) @name)
  (setter_signature name: (identifier) @name)
  (operator_signature (_) @name . (formal_parameter_list))
]) @definition.method @head
((method_signature [
  (function_signature name: (identifier) @name)
  (getter_signature name: (identifier) @name)
  (setter_signature name: (identifier) @name)
  (operator_signature (_) @name . (formal_parameter_list))
]) . (function_body) @definition.method)
(method_signature [
  (constructor_signature (identifier) @name . (formal_parameter_list))
  (factory_constructor_signature (identifier) @name . (formal_parameter_list))
]) @definition.constructor @head
((method_signature [
  (constructor_signature (identifier) @name . (formal_parameter_list))
  (factory_constructor_signature (identifier) @name . (formal_parameter_list))
]) . (function_body) @definition.constructor)
(declaration [
  (function_signature name: (identifier) @name)
  (getter_signature name: (identifier) @name)
  (setter_signature name: (identifier) @name)
  (operator_signature (_) @name . (formal_parameter_list))
]) @definition.method
(declaration [
  (constructor_signature (identifier) @name . (formal_parameter_list))
  (constant_constructor_signature (identifier) @name . (formal_parameter_list))
  (factory_constructor_signature (identifier) @name . (formal_parameter_list))
  (redirecting_factory_constructor_signature (identifier) @name . (formal_parameter_list))
]) @definition.constructor
(declaration (static_final_declaration_list (static_final_declaration . (identifier) @name))) @definition.constant

(program (function_signature name: (identifier) @name) @definition.function @head)
(program (function_signature name: (identifier) @name) . (function_body) @definition.function)
(program (getter_signature name: (identifier) @name) @definition.function @head)
(program (getter_signature name: (identifier) @name) . (function_body) @definition.function)
(program (setter_signature name: (identifier) @name) @definition.function @head)
(program (setter_signature name: (identifier) @name) . (function_body) @definition.function)
(local_function_declaration (lambda_expression
  parameters: (function_signature name: (identifier) @name) body: (_) @body)) @definition.function

(program (const_builtin) @definition.constant . (_)? . (static_final_declaration_list (static_final_declaration . (identifier) @name)) @head)
(program (final_builtin) @definition.variable . (_)? . (static_final_declaration_list (static_final_declaration . (identifier) @name)) @head)
(program (static_final_declaration_list (static_final_declaration . (identifier) @name)) @definition.variable)
(program (initialized_identifier_list (initialized_identifier . (identifier) @name)) @definition.variable)

(superclass (type_identifier) @name @reference.inherit)
(mixins (type_identifier) @name @reference.inherit)
(interfaces (type_identifier) @name @reference.inherit)
(mixin_declaration (identifier) . (type_identifier) @name @reference.inherit)
(extension_declaration class: (type_identifier) @name @reference.type)
((type_identifier) @name @reference.type
  (#not-match? @name "^(bool|double|dynamic|int|num|Future|Iterable|List|Map|Never|Null|Object|Set|Stream|String)$"))

(_ (identifier) @name @reference.call . (selector (argument_part)))
(_ (identifier) @qualifier . (selector (unconditional_assignable_selector (identifier) @name @reference.call)) . (selector (argument_part)))
(_ [(this) (super)] @qualifier . (selector (unconditional_assignable_selector (identifier) @name @reference.call)) . (selector (argument_part)))
(_ (selector) @qualifier . (selector (unconditional_assignable_selector (identifier) @name @reference.call)) . (selector (argument_part)))
; What a class or an enum has is taken of it: `Status.paid`.
((identifier) @name @reference.receiver . (selector (unconditional_assignable_selector)) (#match? @name "^_?[A-Z]\\w*[a-z]"))
(constructor_invocation (type_identifier) @name @reference.call)
(annotation name: (identifier) @name @reference.call)

(library_import (import_specification (configurable_uri (uri) @module))) @reference.import
(library_import (import_specification (configurable_uri (uri) @module) (identifier) @alias)) @reference.import
(library_export (configurable_uri (uri) @module)) @reference.import
(part_directive (uri) @module) @reference.import
(part_of_directive (uri) @module) @reference.import
