; name = "haskell"
; grammar = "tree_sitter_haskell"
; extensions = [".hs", ".hs-boot", ".hsc"]
; interpreters = ["runghc", "runhaskell", "stack"]
; comments = ["comment", "haddock"]
; attributes = ["pragma"]
; clauses = true

(data_type name: (name) @name constructors: (_) @head) @definition.type
(data_type name: (name) @name) @definition.type
(newtype name: (name) @name constructor: (_) @head) @definition.type
(newtype name: (name) @name) @definition.type
(type_synonym name: (name) @name) @definition.type
(type_family name: (name) @name) @definition.type
(data_family name: (name) @name) @definition.type
(class name: (name) @name declarations: (_)? @body) @definition.class

; An instance is named after the type it speaks of; the class is what it inherits.
(instance patterns: (type_patterns . [
    (name) @name
    (qualified id: (name) @name)
    (apply constructor: (name) @name)
    (apply constructor: (qualified id: (name) @name))
    (apply constructor: (apply constructor: (name) @name))
    (apply constructor: (apply constructor: (apply constructor: (name) @name)))
    (parens (name) @name)
    (parens (apply constructor: (name) @name))
    (parens (apply constructor: (qualified id: (name) @name)))
    (parens (apply constructor: (apply constructor: (name) @name)))
    (parens (apply constructor: (apply constructor: (apply constructor: (name) @name))))
    (list) @name (tuple) @name (unit) @name (variable) @name (prefix_list) @name (prefix_tuple) @name])
  declarations: (_)? @body) @definition.impl
(deriving_instance patterns: (type_patterns . [
    (name) @name
    (parens (name) @name)
    (parens (apply constructor: (name) @name))
    (parens (apply constructor: (apply constructor: (name) @name)))])) @definition.impl

; A function is its signature and the equations below; they are one symbol.
(declarations (signature name: (variable) @name) @definition.function @head)
(declarations (signature name: (prefix_id (operator) @name)) @definition.function @head)
(class_declarations (signature name: (variable) @name) @definition.function @head)
(class_declarations (signature name: (prefix_id (operator) @name)) @definition.function @head)
(class_declarations (signature names: (binding_list name: (variable) @name)) @definition.function @head)
(class_declarations (signature names: (binding_list name: (prefix_id (operator) @name))) @definition.function @head)
(class_declarations (default_signature (signature name: (variable) @name)) @definition.function @head)
(declarations [
  (function name: (variable) @name . patterns: (_)? @head)
  (bind name: (variable) @name)
  (function name: (prefix_id (operator) @name) . patterns: (_)? @head)
  (bind name: (prefix_id (operator) @name))
  (function (infix operator: (operator) @name) @head)
  (function (infix operator: (infix_id (variable) @name)) @head)] @definition.function)
(class_declarations [
  (function name: (variable) @name . patterns: (_)? @head)
  (bind name: (variable) @name)
  (function name: (prefix_id (operator) @name) . patterns: (_)? @head)
  (bind name: (prefix_id (operator) @name))
  (function (infix operator: (operator) @name) @head)
  (function (infix operator: (infix_id (variable) @name)) @head)] @definition.function)
(instance_declarations [
  (function name: (variable) @name . patterns: (_)? @head)
  (bind name: (variable) @name)
  (function name: (prefix_id (operator) @name) . patterns: (_)? @head)
  (bind name: (prefix_id (operator) @name))
  (function (infix operator: (operator) @name) @head)
  (function (infix operator: (infix_id (variable) @name)) @head)] @definition.function)
(pattern_synonym (signature synonym: (constructor) @name) @head) @definition.function
(pattern_synonym (equation synonym: (constructor) @name) @head) @definition.function
(foreign_import signature: (signature name: (variable) @name)) @definition.function

(instance name: (name) @name @reference.inherit)
(instance name: (qualified module: (_) @qualifier id: (name) @name) @reference.inherit)
(deriving_instance name: (name) @name @reference.inherit)
(deriving_instance name: (qualified module: (_) @qualifier id: (name) @name) @reference.inherit)
(class (context context: (apply constructor: (name) @name @reference.inherit)))
(class (context context: (tuple (apply constructor: (name) @name @reference.inherit))))
(deriving classes: (name) @name @reference.inherit)
(deriving classes: (tuple (name) @name @reference.inherit))
(deriving classes: (tuple (qualified module: (_) @qualifier id: (name) @name) @reference.inherit))

(import module: (_) @module !alias !names) @reference.import
(import module: (_) @module alias: (_) @alias) @reference.import
((import module: (_) @module !alias names: (_) @_names) @reference.import (#match? @reference.import "^[^(]*[^a-zA-Z_.(]hiding[^a-zA-Z_]"))
((import module: (_) @module names: (import_list name: (import_name [
    (variable) @name
    (name) @name
    (prefix_id (operator) @name)]))) @reference.import
  (#not-match? @reference.import "^[^(]*[^a-zA-Z_.(]hiding[^a-zA-Z_]"))

(apply function: (variable) @name @reference.call)
((apply function: (constructor) @name @reference.call) (#not-match? @name "^(Just|Left|Right|Nothing)$"))
(apply function: (qualified module: (_) @qualifier id: [(variable) (constructor)] @name) @reference.call)
(infix operator: (infix_id (variable) @name @reference.call))
((infix operator: (operator) @name @reference.call) (#match? @name "^...|^(//|!\\?|\\.:|\\.=|\\?:|<\\||~>|\\|=|%~|\\^\\.)$"))
; Operands of composition and application are functions.
((infix left_operand: (variable) @name @reference.call operator: (operator) @_operator)
  (#any-of? @_operator "." "$" "$!" "<$>" "=<<" "<=<" ">=>" "<*>" ">>="))
((infix left_operand: (qualified module: (_) @qualifier id: (variable) @name) @reference.call operator: (operator) @_operator)
  (#any-of? @_operator "." "$" "$!" "<$>" "=<<" "<=<" ">=>" "<*>" ">>="))
((infix operator: (operator) @_operator right_operand: (variable) @name @reference.call)
  (#any-of? @_operator "." ">>=" "<=<" ">=>" "&"))
((infix operator: (operator) @_operator right_operand: (qualified module: (_) @qualifier id: (variable) @name) @reference.call)
  (#any-of? @_operator "." ">>=" "<=<" ">=>" "&"))
(match expression: (variable) @name @reference.call)
(exp (variable) @name @reference.call)
(record constructor: (constructor) @name @reference.call)

; In types a capital name is a type; constructors are other nodes.
(function parameter: (name) @name @reference.type)
(function result: (name) @name @reference.type)
(signature type: (name) @name @reference.type)
(context type: (name) @name @reference.type)
(apply constructor: (name) @name @reference.type)
(apply argument: (name) @name @reference.type)
(list (name) @name @reference.type)
(parens (name) @name @reference.type)
(field type: (name) @name @reference.type)
(strict_field type: (name) @name @reference.type)
(prefix field: (name) @name @reference.type)
(type_synonym type: (name) @name @reference.type)
(function parameter: (qualified module: (_) @qualifier id: (name) @name) @reference.type)
(function result: (qualified module: (_) @qualifier id: (name) @name) @reference.type)
(apply constructor: (qualified module: (_) @qualifier id: (name) @name) @reference.type)
(apply argument: (qualified module: (_) @qualifier id: (name) @name) @reference.type)
(field type: (qualified module: (_) @qualifier id: (name) @name) @reference.type)
