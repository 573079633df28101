; name = "csharp"
; grammar = "tree_sitter_c_sharp"
; mends = { '^(#:[^\n]*)' = " " }
; branches = true
; extensions = [".cs", ".csx"]
; comments = ["comment"]
; attributes = ["attribute_list"]
; package_scope = true
; self_names = ["this", "base"]

(namespace_declaration name: (_) @name) @definition.module
(file_scoped_namespace_declaration name: (_) @name) @definition.module

(class_declaration name: (identifier) @name) @definition.class @head
(struct_declaration name: (identifier) @name) @definition.struct @head
((variable_declaration type: (ref_type type: (identifier) @word) (variable_declarator name: (identifier) @name)) @definition.struct
  (#eq? @word "partial")) ; the grammar does not know `ref partial struct`
(record_declaration "struct" name: (identifier) @name) @definition.struct @head
(record_declaration name: (identifier) @name) @definition.class @head
(interface_declaration name: (identifier) @name) @definition.interface @head
(enum_declaration name: (identifier) @name) @definition.enum
(delegate_declaration name: (identifier) @name) @definition.type @head

(constructor_declaration name: (identifier) @name) @definition.constructor @head
(destructor_declaration name: (identifier) @name) @definition.function
(method_declaration name: (identifier) @name) @definition.function @head
(operator_declaration operator: _ @name) @definition.function @head
(conversion_operator_declaration "operator" @name) @definition.function @head
(global_statement (local_function_statement name: (identifier) @name) @definition.function)

; A property is one that computes, or that an interface promises; an automatic one is a field.
(property_declaration name: (identifier) @name value: (arrow_expression_clause) @body) @definition.property
(property_declaration name: (identifier) @name
  accessors: (accessor_list (accessor_declaration body: (_))) @body) @definition.property
(interface_declaration body: (declaration_list (property_declaration name: (identifier) @name accessors: (_) @body) @definition.property))
(indexer_declaration "this" @name accessors: (_) @body) @definition.property
(indexer_declaration "this" @name value: (_) @body) @definition.property
(event_declaration name: (identifier) @name accessors: (_) @body) @definition.event
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.event

(field_declaration (modifier "const")
  (variable_declaration (variable_declarator name: (identifier) @name))) @definition.constant
(field_declaration (modifier "static") (modifier "readonly")
  (variable_declaration (variable_declarator name: (identifier) @name))) @definition.constant

(base_list [
  (identifier) @name @reference.inherit
  (generic_name (identifier) @name) @reference.inherit
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name) @reference.inherit
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name)) @reference.inherit])
(base_list (primary_constructor_base_type type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.inherit)

(invocation_expression function: [
  (identifier) @name
  (generic_name (identifier) @name)
  (member_access_expression expression: _ @qualifier name: (identifier) @name)
  (member_access_expression expression: _ @qualifier name: (generic_name (identifier) @name))
  (conditional_access_expression condition: (_) @qualifier (member_binding_expression name: (identifier) @name))
  (conditional_access_expression condition: (_) @qualifier
    (member_binding_expression name: (generic_name (identifier) @name)))]) @reference.call
(object_creation_expression type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.call

(attribute name: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(type_argument_list [
  (identifier) @name @reference.type
  (generic_name (identifier) @name) @reference.type
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name) @reference.type
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name)) @reference.type])
(parameter type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(method_declaration returns: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(property_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(indexer_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(delegate_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(operator_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(conversion_operator_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(event_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(variable_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(array_type type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(nullable_type type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(ref_type type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(type_parameter_constraint type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(cast_expression type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(typeof_expression type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(catch_declaration type: [
  (identifier) @name
  (generic_name (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (identifier) @name)
  (qualified_name qualifier: (_) @qualifier name: (generic_name (identifier) @name))]) @reference.type
(as_expression right: (identifier) @name) @reference.type
(is_expression right: (identifier) @name) @reference.type
(declaration_pattern type: (identifier) @name) @reference.type
(recursive_pattern type: (identifier) @name) @reference.type

(using_directive !name (_) @module) @reference.import
((using_directive name: (identifier) @alias (_) @module .) @reference.import (#not-match? @module "<"))
(using_directive name: (identifier) @alias
  (qualified_name qualifier: (_) @module name: (generic_name (identifier) @name)) .) @reference.import

; What types hold.
(declaration_list [
  (field_declaration (variable_declaration (variable_declarator name: (identifier) @name)))
  (property_declaration name: (identifier) @name)] @member)
(enum_member_declaration name: (identifier) @name) @member
(record_declaration (parameter_list (parameter name: (identifier) @name) @member))
; What names hold: parameters, locals, fields, properties, results.
(parameter type: (_) @type name: (identifier) @name) @binding.variable
(local_declaration_statement (variable_declaration type: (_) @type (variable_declarator name: (identifier) @name))
  (#not-eq? @type "var")) @binding.variable
(local_declaration_statement (variable_declaration type: (implicit_type) (variable_declarator name: (identifier) @name . (_) @value)))
  @binding.variable
(foreach_statement type: (_) @type left: (identifier) @name (#not-eq? @type "var")) @binding.variable
(field_declaration (variable_declaration type: (_) @type (variable_declarator name: (identifier) @name))) @binding.attribute
(property_declaration type: (_) @type name: (identifier) @name) @binding.attribute
(method_declaration returns: (_) @type) @binding.returns
