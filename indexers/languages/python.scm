; name = "python"
; grammar = "tree_sitter_python"
; extensions = [".py", ".pyi", ".pyw"]
; filenames = ["SConstruct", "SConscript"]
; interpreters = ["python", "python3", "python2", "pypy"]
; comments = ["comment"]
; package_files = ["__init__"]
; self_names = ["self", "cls", "super()"]

(module . (comment)* . (expression_statement (string) @doc.file))

(class_definition
  name: (identifier) @name
  body: (block . (comment)* . (expression_statement (string) @doc)?)) @definition.class

(function_definition
  name: (identifier) @name
  body: (block . (comment)* . (expression_statement (string) @doc)?)) @definition.function

(decorated_definition definition: (class_definition name: (identifier) @name)) @definition.class
(decorated_definition definition: (function_definition name: (identifier) @name)) @definition.function

(module (expression_statement (assignment left: (identifier) @name) @definition.variable))
; A string below an assignment documents it. Of the attributes of a class only those so documented are definitions.
(module (expression_statement (assignment left: (identifier) @name) @definition.variable)
  . (comment)? . (expression_statement . (string) @doc .))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @definition.variable)
  . (comment)? . (expression_statement . (string) @doc .)))

(class_definition superclasses: (argument_list (identifier) @name @reference.inherit))
(class_definition superclasses: (argument_list
  (attribute object: (_) @qualifier attribute: (identifier) @name) @reference.inherit))
(class_definition superclasses: (argument_list
  (subscript value: (identifier) @name) @reference.inherit))

(call function: (identifier) @name) @reference.call
(call function: (attribute object: (_) @qualifier attribute: (identifier) @name)) @reference.call
(decorator (identifier) @name @reference.call)
(decorator (attribute object: (_) @qualifier attribute: (identifier) @name) @reference.call)

(type (identifier) @name @reference.type)
(type (attribute object: (_) @qualifier attribute: (identifier) @name) @reference.type)
(type (generic_type (identifier) @name) @reference.type)
(type (subscript value: (identifier) @name) @reference.type)
(type (binary_operator (identifier) @name @reference.type))
(except_clause (identifier) @name @reference.type)
(except_clause (as_pattern (identifier) @name @reference.type))

(import_statement name: (dotted_name) @module) @reference.import
(import_statement name: (aliased_import name: (dotted_name) @module alias: (identifier) @alias)) @reference.import
(import_from_statement module_name: (_) @module name: (dotted_name) @name) @reference.import
(import_from_statement module_name: (_) @module
  name: (aliased_import name: (dotted_name) @name alias: (identifier) @alias)) @reference.import
(import_from_statement module_name: (_) @module (wildcard_import) @name) @reference.import

; What names hold: a declared type, else the value.
(typed_parameter . (identifier) @name type: (type) @type) @binding.variable
(typed_default_parameter name: (identifier) @name type: (type) @type) @binding.variable
(assignment left: (identifier) @name type: (type) @type) @binding.variable
(assignment left: (identifier) @name !type right: [(call) (identifier) (attribute) (await)] @value) @binding.variable
(assignment left: (identifier) @name !type
  right: [(string) (list) (dictionary) (set) (tuple) (integer) (float) (list_comprehension) (dictionary_comprehension)] @literal)
  @binding.variable
(assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name) type: (type) @type
  (#any-of? @_self "self" "cls")) @binding.attribute
(assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name) !type
  right: [(call) (identifier) (attribute) (await)] @value (#any-of? @_self "self" "cls")) @binding.attribute
(assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name) !type
  right: [(string) (list) (dictionary) (set) (tuple) (integer) (float) (list_comprehension) (dictionary_comprehension)] @literal
  (#any-of? @_self "self" "cls")) @binding.attribute
(function_definition return_type: (type) @type) @binding.returns
(return_statement [(call) (identifier) (attribute)] @value) @binding.returns
(with_item value: (as_pattern [(call) (identifier) (attribute)] @value alias: (as_pattern_target (identifier) @name))) @binding.variable

; A function may be given as a value: any name, or attribute, that is no parameter or variable.
([
  (call arguments: (argument_list (identifier) @name))
  (keyword_argument value: (identifier) @name)
  (pair value: (identifier) @name)
  (pair key: (identifier) @name)
  (list (identifier) @name)
  (tuple (identifier) @name)
  (set (identifier) @name)
  (expression_list (identifier) @name)
  (assignment right: (identifier) @name)
  (return_statement (identifier) @name)
  (default_parameter value: (identifier) @name)
  (typed_default_parameter value: (identifier) @name)
  (conditional_expression (identifier) @name)
  (boolean_operator (identifier) @name)
  (lambda body: (identifier) @name)
 ] @reference.value)
([
  (call arguments: (argument_list (attribute object: (_) @qualifier attribute: (identifier) @name)))
  (keyword_argument value: (attribute object: (_) @qualifier attribute: (identifier) @name))
  (pair value: (attribute object: (_) @qualifier attribute: (identifier) @name))
  (list (attribute object: (_) @qualifier attribute: (identifier) @name))
  (tuple (attribute object: (_) @qualifier attribute: (identifier) @name))
  (set (attribute object: (_) @qualifier attribute: (identifier) @name))
  (expression_list (attribute object: (_) @qualifier attribute: (identifier) @name))
  (assignment right: (attribute object: (_) @qualifier attribute: (identifier) @name))
  (return_statement (attribute object: (_) @qualifier attribute: (identifier) @name))
  (default_parameter value: (attribute object: (_) @qualifier attribute: (identifier) @name))
  (typed_default_parameter value: (attribute object: (_) @qualifier attribute: (identifier) @name))
  (conditional_expression (attribute object: (_) @qualifier attribute: (identifier) @name))
  (boolean_operator (attribute object: (_) @qualifier attribute: (identifier) @name))
  (lambda body: (attribute object: (_) @qualifier attribute: (identifier) @name))
 ] @reference.value)
; What a class has is taken of it: `Status.PAID`, `Order.objects`.
([
  (attribute object: (identifier) @name)
  (attribute object: (attribute object: (identifier) @qualifier attribute: (identifier) @name))
 ] @reference.receiver (#match? @name "^_?[A-Z]\\w*[a-z]"))
(raise_statement . (identifier) @name) @reference.value
(raise_statement . (attribute object: (_) @qualifier attribute: (identifier) @name)) @reference.value
(assignment left: (attribute object: (identifier) @qualifier attribute: (identifier) @name)) @reference.assigned
(pattern_list (attribute object: (identifier) @qualifier attribute: (identifier) @name) @reference.assigned)

; Local variables hide what has their names outside of their function.
([
  (parameters (identifier) @name)
  (parameters (default_parameter name: (identifier) @name))
  (parameters (typed_parameter . (identifier) @name))
  (parameters (typed_default_parameter name: (identifier) @name))
  (parameters [(list_splat_pattern (identifier) @name) (dictionary_splat_pattern (identifier) @name)])
  (lambda_parameters (identifier) @name)
  (lambda_parameters (default_parameter name: (identifier) @name))
  (lambda_parameters [(list_splat_pattern (identifier) @name) (dictionary_splat_pattern (identifier) @name)])
 ] @local)
(assignment left: (identifier) @name @local)
(pattern_list (identifier) @name @local)
(tuple_pattern (identifier) @name @local)
(for_statement left: (identifier) @name @local)
(for_in_clause left: (identifier) @name @local)
(as_pattern_target (identifier) @name @local)
(named_expression name: (identifier) @name @local)
(function_definition) @scope
[(lambda) (list_comprehension) (set_comprehension) (dictionary_comprehension) (generator_expression)] @scope.inner
(class_definition) @scope.type

; What a class holds, but for what is documented below, which is a definition.
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @member)))
