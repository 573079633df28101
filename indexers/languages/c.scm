; name = "c"
; grammar = "tree_sitter_c"
; branches = true
; extensions = [".c", ".h"]
; comments = ["comment"]
; family = "c"
; self_names = []
; mends = { '\benum\b[^{}();]{0,100}\{()(?:\s|//[^\n]{0,200}\n|/\*(?:[^*]|\*(?!/)){0,400}\*/){1,60}[A-Z]\w{0,60}(?=\s{0,40}\})|(?<=[;{}]\n)[ \t]+([A-Z][A-Za-z0-9]{0,20}_[A-Z0-9_]{1,60}(?:[ \t]*\n[ \t]+[A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}){0,4})(?=[ \t]*$)|[;{}]\s{1,100}(?:/\*(?:[^*]|\*(?!/)){0,400}\*/|//[^\n]{0,200})\n[ \t]+([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}(?:[ \t]*\n[ \t]+[A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}){0,4})(?=[ \t]*\n[ \t]*\})|^([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60})(?=[ \t]*\n[ \t]*(?:$|[#}]))|\.\.\.\)\s{0,40}([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}(?:\([^()\n]{0,100}\))?)(?=[ \t]*[;{])|\b([A-Z][A-Z0-9_]{1,60}\([^()\n]{0,100}\))(?=[ \t]*")|(/\*(?:[^*\n\\]|\\\n|\\.|\*(?!/)){0,2000}\*/)(?=[^\n]{0,200}\\$)|\(([A-Z][A-Z0-9_]{2,60})(?=[ \t]*\*[ \t]*\w{1,100}\)[ \t]*\()|^([A-Z][A-Z0-9_]{0,60}(?:API|EXPORT|INLINE|EXTERN|_FUNC|_DECL|_PUBLIC|_NORETURN)[A-Z0-9_]{0,30})(?=[ \t]+\w[\w \t]{0,100}[ \t*\n]{1,9}\w{1,100}[ \t]{0,9}[(;=\[])|(?<=[;{}/]\n)[ \t]+([A-Z][A-Z0-9_]{2,60}\((?:[^(){};]|\([^(){};]{0,200}\)){0,400}\)(?:\s{1,40}[A-Z][A-Z0-9_]{2,60}\((?:[^(){};]|\([^(){};]{0,200}\)){0,400}\)){0,3})(?=[ \t]*\n[ \t]*(?!return\b|goto\b)[a-z]\w{0,60}[ \t*]{1,9}\w{1,60}(?:\[[^\]\n]{0,60}\])?;)|\b(?:struct|union)[ \t]{1,9}\w{0,60}\s{0,9}\{\s{1,40}([A-Z][A-Z0-9_]{2,60}\((?:[^(){};]|\([^(){};]{0,200}\)){0,400}\))(?=\s{1,40}\})|[\w*][ \t]{1,9}(\w{1,60}\(\d{1,3},[ \t]*\d{1,3}\))(?=\s{1,9}\*{0,3}\w{1,60}[ \t]?\()' = " " }

; A declarator wraps its name once for every star.
((function_definition type: (_) declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
  (function_declarator declarator: (parenthesized_declarator
    (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))))
 ]) @definition.function (#not-match? @name "^(if|for|while|switch|return)$"))
; `TEST(name) { … }`: a macro makes the function. In a function, it makes a statement.
(translation_unit (function_definition type: (type_identifier) declarator: (parenthesized_declarator (identifier) @name)) @definition.function)
(declaration_list (function_definition type: (type_identifier) declarator: (parenthesized_declarator (identifier) @name)) @definition.function)
(preproc_if (function_definition type: (type_identifier) declarator: (parenthesized_declarator (identifier) @name)) @definition.function)
(preproc_ifdef (function_definition type: (type_identifier) declarator: (parenthesized_declarator (identifier) @name)) @definition.function)
(preproc_else (function_definition type: (type_identifier) declarator: (parenthesized_declarator (identifier) @name)) @definition.function)
(preproc_elif (function_definition type: (type_identifier) declarator: (parenthesized_declarator (identifier) @name)) @definition.function)
(ERROR (function_definition type: (type_identifier) declarator: (parenthesized_declarator (identifier) @name)) @definition.function)

; Declarations stand at file level, whatever `#if` is around them. What `#if` holds in a function is dropped as local.
(translation_unit (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
 ] ";" @body) @definition.prototype (#not-match? @name "^(int|void|char|long|double|__attribute__)$"))
(declaration_list (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
 ] ";" @body) @definition.prototype (#not-match? @name "^(int|void|char|long|double|__attribute__)$"))
(linkage_specification (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
 ] ";" @body) @definition.prototype (#not-match? @name "^(int|void|char|long|double|__attribute__)$"))
(preproc_if (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
 ] ";" @body) @definition.prototype (#not-match? @name "^(int|void|char|long|double|__attribute__)$"))
(preproc_ifdef (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
 ] ";" @body) @definition.prototype (#not-match? @name "^(int|void|char|long|double|__attribute__)$"))
(preproc_else (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
 ] ";" @body) @definition.prototype (#not-match? @name "^(int|void|char|long|double|__attribute__)$"))
(preproc_elif (declaration declarator: [
  (function_declarator declarator: (identifier) @name)
  (_ (function_declarator declarator: (identifier) @name))
  (_ (_ (function_declarator declarator: (identifier) @name)))
 ] ";" @body) @definition.prototype (#not-match? @name "^(int|void|char|long|double|__attribute__)$"))

; A name in parentheses, which no macro of that name replaces; after a macro such as `LUA_API` the grammar takes it for a parameter.
(declaration declarator: [
  (function_declarator declarator: (parenthesized_declarator (identifier) @name))
  (_ (function_declarator declarator: (parenthesized_declarator (identifier) @name)))
 ] ";" @body) @definition.prototype
((declaration type: (type_identifier) declarator: (function_declarator declarator: (function_declarator
  declarator: (identifier) @_type parameters: (parameter_list . (parameter_declaration !declarator type: (type_identifier) @name) .)))
  ";" @body) @definition.prototype (#any-of? @_type "int" "void" "char" "long" "double"))

(translation_unit (declaration (type_qualifier) declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.constant)
(declaration_list (declaration (type_qualifier) declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.constant)
(linkage_specification (declaration (type_qualifier) declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.constant)
(preproc_if (declaration (type_qualifier) declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.constant)
(preproc_ifdef (declaration (type_qualifier) declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.constant)
(preproc_else (declaration (type_qualifier) declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.constant)
(preproc_elif (declaration (type_qualifier) declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.constant)
(translation_unit (declaration declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
(declaration_list (declaration declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
(linkage_specification (declaration declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
(preproc_if (declaration declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
(preproc_ifdef (declaration declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
(preproc_else (declaration declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
(preproc_elif (declaration declarator: [
  (identifier) @name
  (_ declarator: (identifier) @name)
  (_ declarator: (_ declarator: (identifier) @name))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @name)))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
; A pointer to a function.
(translation_unit (declaration declarator: [
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name)))
  (init_declarator
    declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name))))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))
(declaration_list (declaration declarator: [
  (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name)))
  (init_declarator
    declarator: (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (identifier) @name))))
 ]) @definition.variable (#not-match? @name "^(int|void|char|long|double)$"))

(struct_specifier name: (type_identifier) @name body: (_)) @definition.struct
(union_specifier name: (type_identifier) @name body: (_)) @definition.struct
(enum_specifier name: (type_identifier) @name body: (_)) @definition.enum

; `typedef struct tag { … } name` defines two names, unless they are one.
(type_definition type: (struct_specifier name: (_) @name body: (_) @body)) @definition.struct
(type_definition type: (union_specifier name: (_) @name body: (_) @body)) @definition.struct
(type_definition type: (enum_specifier name: (_) @name body: (_) @body)) @definition.enum
(type_definition type: (struct_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition.struct
(type_definition type: (union_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition.struct
(type_definition type: (enum_specifier !name body: (_) @body) declarator: (type_identifier) @name) @definition.enum
(type_definition
  type: [
    (struct_specifier name: (_) @_tag body: (_) @body)
    (union_specifier name: (_) @_tag body: (_) @body)
    (enum_specifier name: (_) @_tag body: (_) @body)
  ]
  declarator: (type_identifier) @name
  (#not-eq? @name @_tag)) @definition.type
; `typedef struct name name;` announces what is defined elsewhere.
((type_definition
  type: [(struct_specifier name: (_) @_tag !body) (union_specifier name: (_) @_tag !body) (enum_specifier name: (_) @_tag !body)]
  declarator: (type_identifier) @name ";" @body) @definition.forward (#eq? @name @_tag))
(type_definition
  type: [
    (type_identifier) (primitive_type) (sized_type_specifier)
    (struct_specifier !body) (union_specifier !body) (enum_specifier !body)
  ]
  declarator: [
    (type_identifier) @name
    (pointer_declarator declarator: (type_identifier) @name)
    (array_declarator declarator: (type_identifier) @name)
    (function_declarator declarator: (type_identifier) @name)
    (function_declarator declarator: (parenthesized_declarator (type_identifier) @name))
    (pointer_declarator declarator: (function_declarator declarator: (parenthesized_declarator (type_identifier) @name)))
    (function_declarator declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))
    (pointer_declarator declarator: (function_declarator
      declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name))))
  ]
  ";" @body) @definition.type

; The members of an enum without a name are constants of the file.
(translation_unit (enum_specifier !name body: (enumerator_list (enumerator name: (_) @name) @definition.constant)))
(declaration_list (enum_specifier !name body: (enumerator_list (enumerator name: (_) @name) @definition.constant)))
(preproc_if (enum_specifier !name body: (enumerator_list (enumerator name: (_) @name) @definition.constant)))
(preproc_ifdef (enum_specifier !name body: (enumerator_list (enumerator name: (_) @name) @definition.constant)))
(preproc_else (enum_specifier !name body: (enumerator_list (enumerator name: (_) @name) @definition.constant)))
(preproc_elif (enum_specifier !name body: (enumerator_list (enumerator name: (_) @name) @definition.constant)))

(preproc_def name: (_) @name value: (_)) @definition.constant
(preproc_function_def name: (_) @name parameters: (_) @head) @definition.macro

(preproc_include path: (string_literal (string_content) @module)) @reference.import
(preproc_include path: (system_lib_string) @module) @reference.import

(call_expression function: (identifier) @name) @reference.call
(call_expression function: (field_expression argument: (_) @qualifier field: (field_identifier) @name)) @reference.call

([
  (parameter_declaration type: (type_identifier) @name)
  (function_definition type: (type_identifier) @name)
  (declaration type: (type_identifier) @name)
  (field_declaration type: (type_identifier) @name)
  (type_definition type: (type_identifier) @name)
  (type_descriptor type: (type_identifier) @name)
  (parameter_declaration type: (struct_specifier !body name: (_) @name))
  (function_definition type: (struct_specifier !body name: (_) @name))
  (declaration type: (struct_specifier !body name: (_) @name))
  (field_declaration type: (struct_specifier !body name: (_) @name))
  (type_definition type: (struct_specifier !body name: (_) @name))
  (type_descriptor type: (struct_specifier !body name: (_) @name))
  (parameter_declaration type: (enum_specifier !body name: (_) @name))
  (field_declaration type: (enum_specifier !body name: (_) @name))
 ] @reference.type)

; A function may be given as a value, as callbacks are: any name that is none of a local variable.
([
  (argument_list (identifier) @name)
  (initializer_list (identifier) @name)
  (initializer_pair value: (identifier) @name)
  (init_declarator value: (identifier) @name)
  (assignment_expression right: (identifier) @name)
  (pointer_expression operator: "&" argument: (identifier) @name)
  (cast_expression value: (identifier) @name)
  (conditional_expression consequence: (identifier) @name)
  (conditional_expression alternative: (identifier) @name)
  (return_statement (identifier) @name)
 ] @reference.value)
(_ declarator: (identifier) @name) @local
[(function_definition) (compound_statement) (for_statement)] @scope

; What structs and enums hold.
(field_declaration declarator: [
  (field_identifier) @name
  (_ declarator: (field_identifier) @name)
  (_ declarator: (_ declarator: (field_identifier) @name))
  (function_declarator declarator: (parenthesized_declarator (_ declarator: (field_identifier) @name)))
  (_ declarator: (function_declarator declarator: (parenthesized_declarator (_ declarator: (field_identifier) @name))))]) @member
(enumerator name: (identifier) @name) @member
