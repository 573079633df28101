; name = "cpp"
; grammar = "tree_sitter_cpp"
; branches = true
; extensions = [".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl", ".tpp", ".cu", ".cuh", ".cppm", ".ixx"]
; comments = ["comment"]
; family = "c"
; inherits = ["c"]
; self_names = ["this"]
; sniff = { ".h" = '^[ \t]*(class\s+\w+(\s+\w+)?\s*([:{;].*)?$|namespace\b[\w\s:]*\{|template\s*<|using\s+(namespace\b|\w+\s*=|\w+::))|^#\s*include\s*<[a-z_]+>' }
; mends = { '(?:,|\benum\b[^{}();]{0,100}\{)()(?:\s|//[^\n]{0,200}\n|/\*(?:[^*]|\*(?!/)){0,400}\*/){1,60}[A-Z]\w{0,60}(?=\s{0,40}\})|\b(?:class|struct)[ \t]+(?:\[\[\w{1,40}\]\][ \t]+)?(_?[A-Z][A-Z0-9_]{1,60}(?:\([^()\n]{0,100}\))?|[A-Za-z]\w{0,60}_(?:API|EXPORTS?|DLL|DECL|PUBLIC))(?=[ \t]+[\w\[])|(?<!,\n)^[ \t]*([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60})(?=[ \t]*$|[ \t]+\{[ \t]*$)|^[ \t]*([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}\([^()\n]{0,200}\))(?=[ \t]*(?://[^\n]{0,200})?\n(?![ \t]*[{:]))|^[ \t]*(?:template[ \t]*<[^\n]{0,200}>[ \t]*|friend[ \t]+|(?:const[ \t]+)?\w[\w:<>]{0,100}[ \t&*]+)??((?:[A-Z]\w{0,60}_(?:API|INLINE|EXPORT|CONSTEXPR|CONSTEVAL|DECL|FUNC|NODISCARD|NORETURN)[A-Z0-9_]{0,60}[ \t]+){0,2}[A-Z]\w{0,60}_(?:API|INLINE|EXPORT|CONSTEXPR|CONSTEVAL|DECL|FUNC|NODISCARD|NORETURN)[A-Z0-9_]{0,60})(?=[ \t])|\)[ \t]*(?:const[ \t]*)?(_{0,2}[A-Z][A-Z0-9_]{0,60}_[A-Z0-9_]{0,60})(?=[ \t]*(?:[;{:]|$))|^[ \t]*(?:[a-z]{1,20}[ \t]+){0,3}(__?[A-Z][A-Z0-9_]{2,60})(?=[ \t]+[\w:~])|^([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}\((?:[^(){};]|\((?:[^(){};]|\([^(){};]{0,200}\)){0,300}\)){0,600}\))(?=[ \t]*;)|[\w)*&>][ \t]+(?<!return )(?<!else )(?<!throw )([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}\([^()\n]{0,200}\))(?=[ \t]*[;{=])|\)[ \t]*(?:const[ \t]*)?\n[ \t]+([A-Z][A-Z0-9]{0,60}_[A-Z0-9_]{1,60}\([^()\n]{0,200}\))(?=[ \t]*[;{])|=[ \t]*(typename)[ \t]' = " ", '(\b__has_include[ \t]*\([ \t]*<[\w./+-]{1,200}>[ \t]*\))' = "1" }

; A name with `::` in front belongs to the last type before it.
(function_definition declarator: [
  (function_declarator declarator: [
    (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
      name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)
    (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
      name: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
        name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name))
    (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: (qualified_identifier
      scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
      name: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
        name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)))
  ])
  (_ (function_declarator declarator: [
    (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
      name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)
    (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
      name: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
        name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name))
    (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: (qualified_identifier
      scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
      name: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
        name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)))
  ]))
 ]) @definition.function

(field_declaration_list [
  (function_definition !type declarator: (function_declarator declarator: (identifier) @name) (field_initializer_list) @body)
  (function_definition !type declarator: (function_declarator declarator: (identifier) @name))
  (declaration !type declarator: (function_declarator declarator: (identifier) @name) ";" @body)
 ] @definition.constructor
 (#not-match? @name "^(if|for|while|switch|return|catch|sizeof|defined|[A-Z][A-Z0-9]*_[A-Z0-9_]+)$"))
(field_declaration_list (_ [
  (function_definition !type declarator: (function_declarator declarator: (identifier) @name) (field_initializer_list) @body)
  (function_definition !type declarator: (function_declarator declarator: (identifier) @name))
  (declaration !type declarator: (function_declarator declarator: (identifier) @name) ";" @body)
 ] @definition.constructor)
 (#not-match? @name "^(if|for|while|switch|return|catch|sizeof|defined|[A-Z][A-Z0-9]*_[A-Z0-9_]+)$"))
(field_declaration_list (_ (preproc_else [
  (function_definition !type declarator: (function_declarator declarator: (identifier) @name))
  (declaration !type declarator: (function_declarator declarator: (identifier) @name) ";" @body)
 ] @definition.constructor))
 (#not-match? @name "^(if|for|while|switch|return|catch|sizeof|defined|[A-Z][A-Z0-9]*_[A-Z0-9_]+)$"))
(field_declaration_list [
  (function_definition declarator: [
    (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (destructor_name)] @name)
    (_ (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (destructor_name)] @name))
  ])
  (declaration declarator: [
    (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (destructor_name)] @name)
    (_ (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (destructor_name)] @name))
  ] ";" @body)
 ] @definition.function
 (#not-match? @name "^(if|for|while|switch|return|catch|sizeof|defined)$"))
(function_definition declarator: [
  (function_declarator declarator: [(operator_name) (field_identifier) (destructor_name)] @name)
  (_ (function_declarator declarator: [(operator_name) (field_identifier)] @name))
 ]) @definition.function
(field_declaration declarator: [
  (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (destructor_name)] @name)
  (_ (function_declarator declarator: [(identifier) (field_identifier) (operator_name) (destructor_name)] @name))
 ] ";" @body) @definition.function
(translation_unit (declaration declarator: [
  (function_declarator declarator: (operator_name) @name)
  (_ (function_declarator declarator: (operator_name) @name))
 ] ";" @body) @definition.prototype)
(declaration_list (declaration declarator: [
  (function_declarator declarator: (operator_name) @name)
  (_ (function_declarator declarator: (operator_name) @name))
 ] ";" @body) @definition.prototype)
(friend_declaration (declaration declarator: [(function_declarator declarator: [(identifier) (operator_name)] @name)
  (_ (function_declarator declarator: [(identifier) (operator_name)] @name))] ";" @body)) @definition.function
(_ [
  (function_definition declarator: (operator_cast "operator" @name))
  (declaration declarator: (operator_cast "operator" @name) ";" @body)
 ] @definition.function)
(function_definition declarator: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: [
  (operator_cast "operator" @name)
  (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: (operator_cast "operator" @name))
 ])) @definition.function

; `TEST(Suite, Case) { … }`: a macro makes the function; the last word in its parentheses tells one from the other.
(translation_unit (function_definition !type
  declarator: (function_declarator
    declarator: (identifier) @_macro
    parameters: (parameter_list (parameter_declaration !declarator type: (type_identifier) @name) .))
  (#match? @_macro "^[A-Z][A-Z0-9_]+$")) @definition.function)
(declaration_list (function_definition !type
  declarator: (function_declarator
    declarator: (identifier) @_macro
    parameters: (parameter_list (parameter_declaration !declarator type: (type_identifier) @name) .))
  (#match? @_macro "^[A-Z][A-Z0-9_]+$")) @definition.function)

(class_specifier name: [(type_identifier) @name (template_type name: (_) @name)] body: (_)) @definition.class
(struct_specifier name: (template_type name: (_) @name) body: (_)) @definition.struct
; `class Cart::Item { … }`: a type that is declared in another and defined outside.
(class_specifier name: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: [
  (type_identifier) @name
  (template_type name: (_) @name)
  (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
    name: [(type_identifier) @name (template_type name: (_) @name)])
 ]) body: (_)) @definition.class
(struct_specifier name: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: [
  (type_identifier) @name
  (template_type name: (_) @name)
  (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
    name: [(type_identifier) @name (template_type name: (_) @name)])
 ]) body: (_)) @definition.struct
(enum_specifier name: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: [
  (type_identifier) @name
  (template_type name: (_) @name)
  (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)]
    name: [(type_identifier) @name (template_type name: (_) @name)])
 ]) body: (_)) @definition.enum
; What is declared in a class and defined outside: `int Cart::count;`.
(declaration declarator: [
  (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: (identifier) @name)
  (init_declarator declarator: [
    (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: (identifier) @name)
    (_ declarator: (qualified_identifier scope: [(namespace_identifier) @owner (template_type name: (_) @owner)] name: (identifier) @name))
  ])
]) @definition.variable
(field_declaration declarator: (reference_declarator (field_identifier) @name)) @member
(namespace_definition name: (namespace_identifier) @name) @definition.module
(namespace_definition name: (nested_namespace_specifier
  . (namespace_identifier) @owner . (namespace_identifier) @name .)) @definition.module
(namespace_definition name: (nested_namespace_specifier
  . (namespace_identifier) @owner (nested_namespace_specifier
    . (namespace_identifier) @owner . (namespace_identifier) @name .))) @definition.module
(alias_declaration name: (_) @name ";" @body) @definition.type
(concept_definition name: (_) @name) @definition.concept
(type_definition
  type: [(template_type) (qualified_identifier) (dependent_type) (decltype)]
  declarator: [
    (type_identifier) @name
    (_ (type_identifier) @name .)
    (function_declarator declarator: (parenthesized_declarator [(type_identifier) @name (_ declarator: (type_identifier) @name)]))
  ]
  ";" @body) @definition.type
(type_definition declarator: (reference_declarator (type_identifier) @name) ";" @body) @definition.type
(field_declaration (storage_class_specifier) . (type_qualifier) declarator: (field_identifier) @name) @definition.constant
(field_declaration (storage_class_specifier) . (type_qualifier)
  declarator: (array_declarator declarator: (field_identifier) @name)) @definition.constant

; `template <…>` above a definition is part of it.
(template_declaration [
  (class_specifier name: [(type_identifier) @name (template_type name: (_) @name)] body: (_))
  (struct_specifier name: [(type_identifier) @name (template_type name: (_) @name)] body: (_))
  (alias_declaration name: (_) @name)
  (concept_definition name: (_) @name)
 ]) @definition.type
(template_declaration (declaration
  declarator: [(identifier) @name (init_declarator declarator: (identifier) @name)])) @definition.variable
(template_declaration [
  (function_definition declarator: (function_declarator declarator: [
    [(identifier) (field_identifier) (operator_name) (destructor_name)] @name
    (template_function name: (identifier) @name)
    (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)
    (qualified_identifier name: (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name))
  ]))
  (function_definition declarator: (_ (function_declarator declarator: [
    [(identifier) (field_identifier) (operator_name) (destructor_name)] @name
    (template_function name: (identifier) @name)
    (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)
    (qualified_identifier name: (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name))
  ])))
  (declaration declarator: (function_declarator declarator: [
    [(identifier) (field_identifier) (operator_name) (destructor_name)] @name
    (template_function name: (identifier) @name)
    (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)
    (qualified_identifier name: (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name))
  ]) ";" @body)
  (declaration declarator: (_ (function_declarator declarator: [
    [(identifier) (field_identifier) (operator_name) (destructor_name)] @name
    (template_function name: (identifier) @name)
    (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name)
    (qualified_identifier name: (qualified_identifier name: [(identifier) (operator_name) (destructor_name) (field_identifier)] @name))
  ])) ";" @body)
 ]) @definition.function

(using_declaration "namespace" [(identifier) (qualified_identifier)] @module) @reference.import
(using_declaration (qualified_identifier scope: (_) @module name: (identifier) @name)) @reference.import
(using_declaration (qualified_identifier scope: (_) @module
  name: (qualified_identifier scope: (_) @module name: (identifier) @name))) @reference.import
(namespace_alias_definition name: (_) @alias [(namespace_identifier) (nested_namespace_specifier)] @module) @reference.import

(base_class_clause [
    (type_identifier) @name
    (template_type name: (_) @name)
    (qualified_identifier scope: (_) @qualifier name: (type_identifier) @name)
    (qualified_identifier scope: (_) @qualifier name: (template_type name: (_) @name))
    (qualified_identifier scope: (_) @qualifier
      name: (qualified_identifier scope: (_) @qualifier name: [(type_identifier) @name (template_type name: (_) @name)]))
  ] @reference.inherit)

(call_expression function: [
  (template_function name: (identifier) @name)
  (qualified_identifier scope: (_) @qualifier name: (identifier) @name)
  (qualified_identifier scope: (_) @qualifier name: (template_function name: (identifier) @name))
  (qualified_identifier scope: (_) @qualifier name: (qualified_identifier scope: (_) @qualifier name: (identifier) @name))
  (qualified_identifier scope: (_) @qualifier
    name: (qualified_identifier scope: (_) @qualifier name: (template_function name: (identifier) @name)))
  (field_expression argument: (_) @qualifier field: (template_method name: (field_identifier) @name))
  (field_expression argument: (_) @qualifier field: (destructor_name (identifier) @name))
 ] (#not-match? @name "^(static_cast|dynamic_cast|reinterpret_cast|const_cast)$")) @reference.call
(new_expression type: [
    (type_identifier) @name
    (template_type name: (_) @name)
    (qualified_identifier scope: (_) @qualifier name: (type_identifier) @name)
    (qualified_identifier scope: (_) @qualifier name: (template_type name: (_) @name))
    (qualified_identifier scope: (_) @qualifier
      name: (qualified_identifier scope: (_) @qualifier name: [(type_identifier) @name (template_type name: (_) @name)]))
  ]) @reference.call
(compound_literal_expression type: [
    (type_identifier) @name
    (template_type name: (_) @name)
    (qualified_identifier scope: (_) @qualifier name: (type_identifier) @name)
    (qualified_identifier scope: (_) @qualifier name: (template_type name: (_) @name))
    (qualified_identifier scope: (_) @qualifier
      name: (qualified_identifier scope: (_) @qualifier name: [(type_identifier) @name (template_type name: (_) @name)]))
  ]) @reference.call

(qualified_identifier scope: [(namespace_identifier) (template_type)] @qualifier name: (type_identifier) @name) @reference.type
(qualified_identifier scope: [(namespace_identifier) (template_type)] @qualifier name: (template_type name: (_) @name)) @reference.type
([
  (optional_parameter_declaration type: (type_identifier) @name)
  (parameter_declaration type: (template_type name: (_) @name))
  (optional_parameter_declaration type: (template_type name: (_) @name))
  (function_definition type: (template_type name: (_) @name))
  (declaration type: (template_type name: (_) @name))
  (field_declaration type: (template_type name: (_) @name))
  (type_descriptor type: (template_type name: (_) @name))
 ] @reference.type)
; What a type has is taken of it: `Status::Paid`. Outside of expressions that is the name of what is declared.
([
  (argument_list (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (initializer_list (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (return_statement (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (condition_clause (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (init_declarator value: (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (case_statement value: (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (assignment_expression right: (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (binary_expression (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (conditional_expression (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (optional_parameter_declaration default_value: (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (field_initializer (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
  (field_declaration default_value: (qualified_identifier scope: (namespace_identifier) @name name: (identifier)))
 ] @reference.receiver (#match? @name "^[A-Z]\\w*[a-z]"))

; What names hold: parameters, locals, fields, results. What a smart pointer is asked itself is not told from what it points to, so neither is linked.
([
  (parameter_declaration type: (_) @type declarator: [(identifier) @name (_ (identifier) @name)])
  (optional_parameter_declaration type: (_) @type declarator: [(identifier) @name (_ (identifier) @name)])
  (declaration type: (_) @type declarator: [
    (identifier) @name
    (pointer_declarator (identifier) @name)
    (reference_declarator (identifier) @name)
    (init_declarator declarator: [(identifier) @name (_ (identifier) @name)])])
  (for_range_loop type: (_) @type declarator: [(identifier) @name (_ (identifier) @name)])
 ] @binding.variable (#not-match? @type "^auto|^decltype|(unique|shared)_ptr<"))
(declaration type: (placeholder_type_specifier (auto))
  declarator: (init_declarator declarator: [(identifier) @name (_ (identifier) @name)] value: [(call_expression) (new_expression)] @value))
  @binding.variable
((field_declaration type: (_) @type declarator: [(field_identifier) @name (_ (field_identifier) @name .)]) @binding.attribute
  (#not-match? @type "^auto|^decltype|(unique|shared)_ptr<"))
([
  (field_declaration type: (_) @type declarator: [(function_declarator) (_ (function_declarator))])
  (declaration type: (_) @type declarator: [(function_declarator) (_ (function_declarator))])
  (function_definition type: (_) @type declarator: [(function_declarator) (_ (function_declarator))])
 ] @binding.returns (#not-match? @type "^auto|^decltype|(unique|shared)_ptr<"))

(pointer_expression operator: "&" argument: (qualified_identifier scope: (_) @qualifier name: (identifier) @name)) @reference.value
(structured_binding_declarator (identifier) @name) @local
[(lambda_expression) (for_range_loop) (catch_clause)] @scope
