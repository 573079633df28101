; name = "java"
; grammar = "tree_sitter_java"
; extensions = [".java", ".jav"]
; comments = ["line_comment", "block_comment"]
; attributes = ["marker_annotation", "annotation"]
; family = "jvm"
; package_files = ["package-info"]
; package_scope = true
; self_names = ["this", "super"]

(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(annotation_type_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(module_declaration name: (_) @name) @definition.module

(constructor_declaration name: (identifier) @name) @definition.constructor
(compact_constructor_declaration name: (identifier) @name) @definition.constructor

; A method is one of a named type: those of an anonymous class belong to the expression that makes it.
(class_declaration (class_body (method_declaration name: (identifier) @name) @definition.function @head))
(record_declaration (class_body (method_declaration name: (identifier) @name) @definition.function @head))
(interface_declaration (interface_body (method_declaration name: (identifier) @name) @definition.function @head))
(enum_body_declarations (method_declaration name: (identifier) @name) @definition.function @head)
(program (method_declaration name: (identifier) @name) @definition.function)
(ERROR (method_declaration name: (identifier) @name) @definition.function)
(annotation_type_element_declaration name: (identifier) @name) @definition.function

(field_declaration (modifiers ["static" "final"] ["static" "final"])
  declarator: (variable_declarator name: (identifier) @name)) @definition.constant
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.constant

(superclass [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.inherit
(super_interfaces (type_list [
  (type_identifier) @name @reference.inherit
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.inherit
  (generic_type . (type_identifier) @name) @reference.inherit
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.inherit]))
(extends_interfaces (type_list [
  (type_identifier) @name @reference.inherit
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.inherit
  (generic_type . (type_identifier) @name) @reference.inherit
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.inherit]))

(method_invocation !object name: (identifier) @name) @reference.call
(method_invocation object: (_) @qualifier name: (identifier) @name) @reference.call
(method_reference . (_) @qualifier (identifier) @name .) @reference.call
(method_reference . (identifier) @name "new" .) @reference.call
(object_creation_expression type: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.call

(marker_annotation name: (identifier) @name) @reference.type
(marker_annotation name: (scoped_identifier scope: (_) @qualifier name: (identifier) @name)) @reference.type
(annotation name: (identifier) @name) @reference.type
(annotation name: (scoped_identifier scope: (_) @qualifier name: (identifier) @name)) @reference.type

(formal_parameter type: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(method_declaration type: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(field_declaration type: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(constant_declaration type: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(local_variable_declaration type: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(cast_expression type: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(annotation_type_element_declaration type: (type_identifier) @name) @reference.type
(enhanced_for_statement type: (type_identifier) @name) @reference.type
(resource type: (type_identifier) @name) @reference.type
(array_creation_expression type: (type_identifier) @name) @reference.type
(type_pattern . (type_identifier) @name) @reference.type
(record_pattern . (identifier) @name) @reference.type
(array_type element: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(spread_parameter [
  (type_identifier) @name @reference.type
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.type
  (generic_type . (type_identifier) @name) @reference.type
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.type])
(type_arguments [
  (type_identifier) @name @reference.type
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.type
  (generic_type . (type_identifier) @name) @reference.type
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.type])
(type_bound [
  (type_identifier) @name @reference.type
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.type
  (generic_type . (type_identifier) @name) @reference.type
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.type])
(wildcard [
  (type_identifier) @name @reference.type
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.type
  (generic_type . (type_identifier) @name) @reference.type
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.type])
(throws [
  (type_identifier) @name @reference.type
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.type
  (generic_type . (type_identifier) @name) @reference.type
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.type])
(catch_type [
  (type_identifier) @name @reference.type
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .) @reference.type
  (generic_type . (type_identifier) @name) @reference.type
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)) @reference.type])
(instanceof_expression right: [
  (type_identifier) @name
  (scoped_type_identifier (_) @qualifier . (type_identifier) @name .)
  (generic_type . (type_identifier) @name)
  (generic_type . (scoped_type_identifier (_) @qualifier . (type_identifier) @name .))]) @reference.type
(permits (type_list (type_identifier) @name @reference.type))
(class_literal (type_identifier) @name) @reference.type
; What an enum or a class has is taken of it: `Status.PAID`.
((field_access object: (identifier) @name @reference.receiver) (#match? @name "^_?[A-Z]\\w*[a-z]"))

((import_declaration (_) @module .) @reference.import (#not-match? @reference.import "^import\\s+static\\s|\\*"))
(import_declaration (_) @module (asterisk) @name) @reference.import
(import_declaration "static" (scoped_identifier scope: (_) @module name: (identifier) @name) .) @reference.import
(requires_module_directive module: (_) @module) @reference.import

; What classes, enums and records hold.
(class_body (field_declaration declarator: (variable_declarator name: (identifier) @name)) @member)
(enum_body_declarations (field_declaration declarator: (variable_declarator name: (identifier) @name)) @member)
(enum_constant name: (identifier) @name) @member
(record_declaration parameters: (formal_parameters (formal_parameter name: (identifier) @name) @member))
(annotation_type_element_declaration name: (identifier) @name) @member
; What names hold: parameters, locals, fields, results.
(formal_parameter type: (_) @type name: (identifier) @name) @binding.variable
(local_variable_declaration type: (_) @type (#not-eq? @type "var") declarator: (variable_declarator name: (identifier) @name)) @binding.variable
(local_variable_declaration type: (_) @_type (#eq? @_type "var") declarator: (variable_declarator name: (identifier) @name value: (_) @value))
  @binding.variable
(enhanced_for_statement type: (_) @type (#not-eq? @type "var") name: (identifier) @name) @binding.variable
(resource type: (_) @type (#not-eq? @type "var") name: (identifier) @name) @binding.variable
(catch_formal_parameter (catch_type . (_) @type .) name: (identifier) @name) @binding.variable
(field_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @name)) @binding.attribute
(record_declaration parameters: (formal_parameters (formal_parameter type: (_) @type name: (identifier) @name))) @binding.attribute
(method_declaration type: (_) @type) @binding.returns
