; name = "kotlin"
; grammar = "tree_sitter_kotlin"
; extensions = [".kt", ".kts"]
; comments = ["line_comment", "block_comment"]
; attributes = ["annotation"]
; family = "jvm"
; package_scope = true
; self_names = ["this", "super"]
; mends = { '\bclass[ \t]+\w+(?:<[^\n{}()]{0,200}>)?[ \t]*(\n)(?=[ \t]*(?:[a-z]+[ \t]+){0,3}constructor\b)|(\$\$)(?=""")|(?<![.\w])(context\([^()\n]{0,200}\))(?=[ \t]*$|[ \t]+[A-Z(@]|[ \t]+(?:public|private|internal|inline|suspend|override|fun|val|var)\b)|(?<![.\w])(suspend)(?=[ \t]{0,9}\{)|@(all:)(?=[A-Z])|^[ \t]*(?:is [\w.<>?, ]{1,100}|else)(?<! )( if [^\n]{1,200}?)(?=[ \t]*->)|\b\w( & Any)\b|[\w>?)](,)(?=[ \t]*\n[ \t]*>)|\bva[lr][ \t]+\w+[ \t]*\n[ \t]+(@\w+\([^()\n]{0,200}\))(?=\n[ \t]+get\(\))' = " ", '^[ \t]+((?:get|open|set)(?=[ \t]*=[^=])|in(?=\d)|get(?=\((?:[^)\n]|\)\.))|set(?=\(\))|by(?=\.))|\.(suspend)(?=\()|\b(dynamic)(?=:)|[(,][ \t]{0,9}(dynamic)(?=[,)])|\}[ \t]{1,20}(get)(?=[ \t]\w)|(\$\$"(?!")[^"\n]{0,300}")' = "x" }

; The grammar ends a class at the end of its line, although a constructor follows, and reads `open = …` as a modifier.

(class_declaration "interface" name: (identifier) @name (class_body)? @body) @definition.interface @head
(class_declaration (modifiers (class_modifier "enum")) name: (identifier) @name (enum_class_body)? @body) @definition.enum @head
(class_declaration "class" name: (identifier) @name (class_body)? @body) @definition.class @head
; The annotations of a file's first definition are read as a statement of their own.
(source_file (annotated_expression (annotation) [(parenthesized_expression) (annotated_expression)]) @attribute)
; Below an annotation, a class that ends the file is read as `annotation class Name`, an infix call.
((annotated_expression (infix_expression . (identifier) @_annotation . (identifier) @_class . (identifier) @name) @definition.class @head)
  (#eq? @_annotation "annotation") (#eq? @_class "class"))
((annotated_expression (infix_expression . (identifier) @_annotation . (identifier) @ignore)) (#eq? @_annotation "annotation"))
(object_declaration name: (identifier) @name (class_body)? @body) @definition.object @head
; A companion without a name is not one either: its members are called like those of the class.
(companion_object name: (identifier) @name (class_body)? @body) @definition.object @head
(type_alias type: (identifier) @name) @definition.type @head
(secondary_constructor "constructor" @name (block)? @body) @definition.constructor @head

; A function is one of a file, a type or an object expression: those within functions belong to what holds them.
(source_file (function_declaration name: (identifier) @name (function_body)? @body) @definition.function @head)
(ERROR (function_declaration name: (identifier) @name (function_body)? @body) @definition.function @head)
(class_declaration (class_body (function_declaration name: (identifier) @name (function_body)? @body) @definition.function @head))
(class_declaration (enum_class_body (function_declaration name: (identifier) @name (function_body)? @body) @definition.function @head))
(object_declaration (class_body (function_declaration name: (identifier) @name (function_body)? @body) @definition.function @head))
(companion_object (class_body (function_declaration name: (identifier) @name (function_body)? @body) @definition.function @head))
(object_literal (class_body (function_declaration name: (identifier) @name (function_body)? @body) @definition.function @head))

; The receiver of an extension owns it.
(source_file (function_declaration
  [(user_type (identifier) @owner .)
   (user_type (identifier) @owner . (type_arguments) .)
   (nullable_type (user_type (identifier) @owner .))
   (nullable_type (user_type (identifier) @owner . (type_arguments) .))]
  . name: (identifier) @name) @definition.function)
(source_file (property_declaration
  [(user_type (identifier) @owner .)
   (user_type (identifier) @owner . (type_arguments) .)
   (nullable_type (user_type (identifier) @owner .))
   (nullable_type (user_type (identifier) @owner . (type_arguments) .))]
  . (variable_declaration . (identifier) @name)) @definition.property)

(source_file (property_declaration (variable_declaration . (identifier) @name) (getter) @body) @definition.property)
(class_declaration (class_body (property_declaration (variable_declaration . (identifier) @name)
  [(getter) (setter) (property_delegate)] @body) @definition.property))
(class_declaration (enum_class_body (property_declaration (variable_declaration . (identifier) @name)
  [(getter) (setter) (property_delegate)] @body) @definition.property))
(class_declaration "interface" (class_body (property_declaration (variable_declaration . (identifier) @name)) @definition.property @head))
(object_declaration (class_body (property_declaration (variable_declaration . (identifier) @name) (getter) @body) @definition.property))
(companion_object (class_body (property_declaration (variable_declaration . (identifier) @name) (getter) @body) @definition.property))

(source_file (property_declaration "val" (variable_declaration . (identifier) @name)) @definition.constant)
(source_file (property_declaration "var" (variable_declaration . (identifier) @name)) @definition.variable)
(object_declaration (class_body (property_declaration "val" (variable_declaration . (identifier) @name)) @definition.constant))
(companion_object (class_body (property_declaration "val" (variable_declaration . (identifier) @name)) @definition.constant))

(class_declaration (delegation_specifiers (delegation_specifier [
  (user_type (identifier) @name .) @reference.inherit
  (user_type (identifier) @name . (type_arguments) .) @reference.inherit
  (constructor_invocation (user_type (identifier) @name .)) @reference.inherit
  (constructor_invocation (user_type (identifier) @name . (type_arguments) .)) @reference.inherit
  (explicit_delegation (user_type (identifier) @name .)) @reference.inherit
  (explicit_delegation (user_type (identifier) @name . (type_arguments) .)) @reference.inherit])))
(object_declaration (delegation_specifiers (delegation_specifier [
  (user_type (identifier) @name .) @reference.inherit
  (user_type (identifier) @name . (type_arguments) .) @reference.inherit
  (constructor_invocation (user_type (identifier) @name .)) @reference.inherit
  (constructor_invocation (user_type (identifier) @name . (type_arguments) .)) @reference.inherit
  (explicit_delegation (user_type (identifier) @name .)) @reference.inherit
  (explicit_delegation (user_type (identifier) @name . (type_arguments) .)) @reference.inherit])))
(companion_object name: (_) (delegation_specifiers (delegation_specifier [
  (user_type (identifier) @name .) @reference.inherit
  (user_type (identifier) @name . (type_arguments) .) @reference.inherit
  (constructor_invocation (user_type (identifier) @name .)) @reference.inherit
  (constructor_invocation (user_type (identifier) @name . (type_arguments) .)) @reference.inherit
  (explicit_delegation (user_type (identifier) @name .)) @reference.inherit
  (explicit_delegation (user_type (identifier) @name . (type_arguments) .)) @reference.inherit])))
(companion_object !name (delegation_specifiers (delegation_specifier [
  (user_type (identifier) @name .) @reference.type
  (user_type (identifier) @name . (type_arguments) .) @reference.type
  (constructor_invocation (user_type (identifier) @name .)) @reference.type
  (constructor_invocation (user_type (identifier) @name . (type_arguments) .)) @reference.type
  (explicit_delegation (user_type (identifier) @name .)) @reference.type
  (explicit_delegation (user_type (identifier) @name . (type_arguments) .)) @reference.type])))
(object_literal (delegation_specifiers (delegation_specifier [
  (user_type (identifier) @name .) @reference.call
  (user_type (identifier) @name . (type_arguments) .) @reference.call
  (constructor_invocation (user_type (identifier) @name .)) @reference.call
  (constructor_invocation (user_type (identifier) @name . (type_arguments) .)) @reference.call
  (explicit_delegation (user_type (identifier) @name .)) @reference.call
  (explicit_delegation (user_type (identifier) @name . (type_arguments) .)) @reference.call])))

(call_expression . (identifier) @name) @reference.call
(call_expression . (navigation_expression . (_) @qualifier (identifier) @name .)) @reference.call
(infix_expression . (_) @qualifier . (identifier) @name) @reference.call
(callable_reference (identifier) @name .) @reference.call
; What an enum or an object has is taken of it: `Status.PAID`.
((navigation_expression . (identifier) @name @reference.receiver) (#match? @name "^_?[A-Z]\\w*[a-z]"))

(annotation [
  (user_type (identifier) @name .)
  (constructor_invocation (user_type (identifier) @name .))]) @reference.type

; Types of parameters, properties, results, bounds, arguments and casts.
(parameter (user_type (identifier) @name .) @reference.type)
(parameter (user_type (identifier) @name . (type_arguments) .) @reference.type)
(class_parameter (user_type (identifier) @name .) @reference.type)
(class_parameter (user_type (identifier) @name . (type_arguments) .) @reference.type)
(variable_declaration (user_type (identifier) @name .) @reference.type)
(variable_declaration (user_type (identifier) @name . (type_arguments) .) @reference.type)
(function_declaration (user_type (identifier) @name .) @reference.type)
(function_declaration (user_type (identifier) @name . (type_arguments) .) @reference.type)
(property_declaration (user_type (identifier) @name .) @reference.type)
(property_declaration (user_type (identifier) @name . (type_arguments) .) @reference.type)
(nullable_type (user_type (identifier) @name .) @reference.type)
(nullable_type (user_type (identifier) @name . (type_arguments) .) @reference.type)
(type_projection (user_type (identifier) @name .) @reference.type)
(type_projection (user_type (identifier) @name . (type_arguments) .) @reference.type)
(type_parameter (user_type (identifier) @name .) @reference.type)
(type_parameter (user_type (identifier) @name . (type_arguments) .) @reference.type)
(type_constraint (user_type (identifier) @name .) @reference.type)
(type_constraint (user_type (identifier) @name . (type_arguments) .) @reference.type)
(type_alias (user_type (identifier) @name .) @reference.type)
(type_alias (user_type (identifier) @name . (type_arguments) .) @reference.type)
(function_type (user_type (identifier) @name .) @reference.type)
(function_type (user_type (identifier) @name . (type_arguments) .) @reference.type)
(as_expression (user_type (identifier) @name .) @reference.type)
(as_expression (user_type (identifier) @name . (type_arguments) .) @reference.type)
(is_expression (user_type (identifier) @name .) @reference.type)
(is_expression (user_type (identifier) @name . (type_arguments) .) @reference.type)
(catch_block (user_type (identifier) @name .) @reference.type)
(catch_block (user_type (identifier) @name . (type_arguments) .) @reference.type)
(type_test (user_type (identifier) @name .) @reference.type)
(type_test (user_type (identifier) @name . (type_arguments) .) @reference.type)

((import (qualified_identifier) @module .) @reference.import (#not-match? @reference.import "\\*"))
(import (qualified_identifier) @module "*" @name) @reference.import
(import (qualified_identifier) @module . (identifier) @alias) @reference.import

; What types hold.
(class_body (property_declaration (variable_declaration . (identifier) @name)) @member)
(enum_class_body (property_declaration (variable_declaration . (identifier) @name)) @member)
(enum_entry . (identifier) @name) @member
(enum_entry (modifiers) . (identifier) @name) @member
(class_parameter ["val" "var"] (identifier) @name) @member
; What names hold: parameters, locals, properties, results.
(parameter (identifier) @name (_) @type) @binding.variable
(function_body (block (property_declaration (variable_declaration (identifier) @name (_) @type)) @binding.variable))
(function_body (block (property_declaration (variable_declaration (identifier) @name .) (_) @value .) @binding.variable))
(class_body (property_declaration (variable_declaration (identifier) @name (_) @type)) @binding.attribute)
(class_body (property_declaration (variable_declaration (identifier) @name .) (call_expression) @value .) @binding.attribute)
(class_parameter ["val" "var"] (identifier) @name (_) @type) @binding.attribute
(function_declaration (function_value_parameters) . [(user_type) (nullable_type)] @type) @binding.returns
