; name = "groovy"
; grammar = "dekobon_tree_sitter_groovy"
; extensions = [".groovy", ".gradle", ".gvy"]
; filenames = ["Jenkinsfile"]
; interpreters = ["groovy"]
; comments = ["line_comment", "block_comment", "groovydoc_comment"]
; nested = '^[ \t]*((?:@[\w.]{1,80}(?:\([^()]{0,300}\))?\s{1,80}){0,8}(?:(?:public|protected|private|static|final|abstract)\s{1,20}){0,8}(?:class|interface|trait|enum)\s{1,20}\w{1,200})'
; mends = { '(<>)(?=\()' = " " }
; family = "jvm"
; package_scope = true
; self_names = ["this", "super"]

(class_declaration name: (identifier) @name body: (_) @body) @definition.class
(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface
(trait_declaration name: (identifier) @name body: (_) @body) @definition.trait
(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum
(method_declaration name: (identifier) @name) @definition.function
(method_declaration name: (quoted_identifier) @name) @definition.test
(constructor_declaration name: (identifier) @name) @definition.constructor
; Tasks of Gradle: `task hello { … }`, `tasks.register('hello') { … }`.
((method_invocation function: (field_access object: (identifier) @_tasks field: (identifier) @_make)
  arguments: (argument_list . (string_literal) @name)) @definition.target
  (#eq? @_tasks "tasks") (#any-of? @_make "register" "create"))

(field_declaration (variable_declarator name: (identifier) @name)) @member
(enum_constant name: (identifier) @name) @member

(import_declaration name: (qualified_name) @module) @reference.import
(superclass (type_identifier) @name @reference.inherit)
(super_interfaces (type_identifier) @name @reference.inherit)
(method_invocation function: (identifier) @name) @reference.call
(method_invocation function: (field_access object: (_) @qualifier field: (identifier) @name)) @reference.call
(object_creation_expression type: (type_identifier) @name) @reference.call
