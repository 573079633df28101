; name = "ecmascript"
; grammar = ""
; What JavaScript and TypeScript have in common. No language by itself: the languages inherit it.

; Classes.
(class_declaration name: (_) @name) @definition.class
(export_statement declaration: (class_declaration name: (_) @name)) @definition.class
(program (_ (variable_declarator name: (identifier) @name value: (class body: (_) @body))) @definition.class)
(export_statement declaration: (_ (variable_declarator name: (identifier) @name value: (class body: (_) @body)))) @definition.class
(expression_statement (assignment_expression right: (class name: (_) @name body: (_) @body))) @definition.class
(expression_statement (assignment_expression
  left: (member_expression property: (property_identifier) @name) right: (class !name body: (_) @body))) @definition.class
(export_statement "default" @name value: (class body: (_) @body)) @definition.class

; Methods, of classes and of object literals.
((method_definition name: (property_identifier) @name) @definition.constructor (#eq? @name "constructor"))
(method_definition "get" name: [(property_identifier) (private_property_identifier)] @name) @definition.property
(method_definition "set" name: [(property_identifier) (private_property_identifier)] @name) @definition.property
(method_definition name: [(property_identifier) (private_property_identifier) (string)] @name) @definition.function
(method_definition name: (computed_property_name (member_expression property: (_) @name))) @definition.function

; Functions: declared, or bound to a name at the top of a file.
(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(export_statement declaration: (function_declaration name: (identifier) @name)) @definition.function
(export_statement declaration: (generator_function_declaration name: (identifier) @name)) @definition.function
(program (_ (variable_declarator name: (identifier) @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @definition.function)
(export_statement declaration: (_ (variable_declarator name: (identifier) @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]))) @definition.function
(export_statement "default" @name value: [
  (arrow_function body: (_) @body) (function_expression !name body: (_) @body)]) @definition.function

; Functions bound to a name inside a function, and what a factory puts into what it makes.
(statement_block [
  (lexical_declaration (variable_declarator name: (identifier) @name value: [
    (arrow_function body: (statement_block) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]))
  (variable_declaration (variable_declarator name: (identifier) @name value: [
    (arrow_function body: (statement_block) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]))
] @definition.function)
; … in a wrapper that gives a function, or what one computes, back: `const save = useCallback(async () => { … }, [])`.
(statement_block (lexical_declaration (variable_declarator name: (identifier) @name value: (call_expression
  function: [(identifier) @_wrapper (member_expression property: (property_identifier) @_wrapper)]
  arguments: (arguments . [(arrow_function body: (statement_block) @body) (function_expression body: (_) @body)])))
  (#match? @_wrapper "^(use\\w*(Callback|Event|Handler|Memo|MemoizedFn)|(memoize|debounce|throttle)\\w*|once)$")) @definition.function)
(statement_block (expression_statement (assignment_expression
  left: (member_expression object: [(identifier) @owner (this)] property: (property_identifier) @name)
  right: [(arrow_function body: (statement_block) @body) (function_expression body: (_) @body)])
  (#not-match? @owner "^(module|exports)$")) @definition.function)

; A component or a hook in a wrapper: `const Row = memo((props) => …)`, `const useCart = create((set) => …)`.
(program (_ (variable_declarator name: (identifier) @name value: (call_expression arguments: (arguments . [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)
  (call_expression arguments: (arguments . [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))])))
  (#match? @name "^(use[A-Z]|[A-Z]\\w*[a-z])")) @definition.function)
(export_statement declaration: (_ (variable_declarator name: (identifier) @name value: (call_expression arguments: (arguments . [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)
  (call_expression arguments: (arguments . [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))])))
  (#match? @name "^(use[A-Z]|[A-Z]\\w*[a-z])"))) @definition.function

; Functions assigned to what is exported, to a prototype, to a named thing.
((expression_statement (assignment_expression
  left: (member_expression object: (_) @_exports property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @definition.function
  (#any-of? @_exports "exports" "module.exports"))
((expression_statement (assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression !name body: (_) @body)])) @definition.function
  (#eq? @_module "module") (#eq? @name "exports"))
((expression_statement (assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: (function_expression name: (_) @name body: (_) @body))) @definition.function
  (#eq? @_module "module") (#eq? @_exports "exports"))
((expression_statement (assignment_expression
  left: (member_expression
    object: (member_expression object: [(identifier) (member_expression)] @owner property: (property_identifier) @_prototype)
    property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)])) @definition.function
  (#eq? @_prototype "prototype"))
(program (expression_statement (assignment_expression
  left: (member_expression object: [(identifier) (member_expression)] @owner property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)])
  (#match? @owner "^(?!module$|(module\\.)?exports$|.*\\bprototype$)[\\w$.]+$")) @definition.function)
((expression_statement (assignment_expression
  left: (member_expression object: [(identifier) (member_expression)] @owner property: (property_identifier) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)])) @definition.function
  (#match? @owner "^(?!.*\\bprototype$)[A-Z][\\w$.]+$"))

; Objects of functions, and the functions in them.
(program (_ (variable_declarator name: (identifier) @name value: (object
  [(method_definition) (pair value: [(arrow_function) (function_expression)])]))) @definition.object)
(export_statement declaration: (_ (variable_declarator name: (identifier) @name value: (object
  [(method_definition) (pair value: [(arrow_function) (function_expression)])])))) @definition.object
(export_statement "default" @name value: (object)) @definition.object
(program (_ (variable_declarator value: (object (pair key: [(property_identifier) (string)] @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))))
(program (_ (variable_declarator value: (call_expression arguments: (arguments (object
  (pair key: [(property_identifier) (string)] @name value: [
    (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))))))
(export_statement (_ (variable_declarator value: (object (pair key: [(property_identifier) (string)] @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))))
(export_statement (_ (variable_declarator value: (call_expression arguments: (arguments (object
  (pair key: [(property_identifier) (string)] @name value: [
    (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))))))
(export_statement value: (object (pair key: [(property_identifier) (string)] @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))
(export_statement value: (object (pair value: (object (pair key: [(property_identifier) (string)] @name value: [
  (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function))))
((expression_statement (assignment_expression left: (member_expression) @_exports right: (object
  (pair key: [(property_identifier) (string)] @name value: [
    (arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function)))
  (#eq? @_exports "module.exports"))
((expression_statement (assignment_expression
  left: (member_expression object: (_) @owner property: (property_identifier) @_prototype)
  right: (object [
    (pair key: [(property_identifier) (string)] @name value: [
      (arrow_function body: (_) @body) (function_expression body: (_) @body)])
    (method_definition name: (property_identifier) @name)] @definition.function)))
  (#eq? @_prototype "prototype"))

; Constants and variables at the top of a file. What holds a module is an import.
(program (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name value: (_) @_value)
  (#not-match? @_value "^(await\\s+)?(require|import)\\b")) @definition.constant)
(program (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name)) @definition.variable)
(program (lexical_declaration (variable_declarator name: [
  (object_pattern [(shorthand_property_identifier_pattern) @name (pair_pattern value: (identifier) @name)])
  (array_pattern (identifier) @name)] value: (_) @_value)
  (#not-match? @_value "^(await\\s+)?(require|import)\\b")) @definition.constant)
(program (variable_declaration (variable_declarator name: (identifier) @name value: (_) @_value)
  (#not-match? @_value "^(await\\s+)?(require|import)\\b")) @definition.variable)
(program (variable_declaration (variable_declarator name: (identifier) @name !value)) @definition.variable)
(export_statement declaration: (lexical_declaration kind: "const" (variable_declarator name: (identifier) @name))) @definition.constant
(export_statement declaration: (lexical_declaration (variable_declarator name: (object_pattern [
  (shorthand_property_identifier_pattern) @name (pair_pattern value: (identifier) @name)])))) @definition.constant
(export_statement declaration: (lexical_declaration kind: "let" (variable_declarator name: (identifier) @name))) @definition.variable
(export_statement declaration: (variable_declaration (variable_declarator name: (identifier) @name))) @definition.variable
((expression_statement (assignment_expression
  left: (member_expression object: (_) @_exports property: (property_identifier) @name)
  right: [(number) (string) (template_string) (object) (array) (new_expression) (call_expression) (regex)] @_value)) @definition.constant
  (#any-of? @_exports "exports" "module.exports") (#not-match? @_value "^require\\b"))

; Calls.
((call_expression function: (identifier) @name) @reference.call (#not-eq? @name "require"))
(call_expression function: (member_expression
  object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name)) @reference.call
(call_expression function: (await_expression (identifier) @name)) @reference.call
(new_expression constructor: (identifier) @name) @reference.call
(new_expression constructor: (member_expression object: (_) @qualifier property: (property_identifier) @name)) @reference.call
(decorator (identifier) @name) @reference.call
(decorator (member_expression object: (_) @qualifier property: (property_identifier) @name)) @reference.call
(binary_expression operator: "instanceof" right: (identifier) @name @reference.type)

; Imports. A default import is taken to have the name of what it imports.
(import_statement . source: (string (string_fragment) @module)) @reference.import
(import_statement source: (string (string_fragment) @module)) @import
(import_clause (identifier) @name) @reference.part
(namespace_import (identifier) @alias) @reference.part
(import_specifier name: _ @name !alias) @reference.part
(import_specifier name: _ @name alias: (_) @alias) @reference.part
(export_statement source: (string (string_fragment) @module)) @import
(export_specifier name: _ @name !alias) @reference.part
(export_specifier name: _ @name alias: _ @alias) @reference.part
; What is exported under another name is an import of the file from itself.
(export_statement !source (export_clause (export_specifier name: _ @name alias: _ @alias) @reference.import))
(export_statement "*" @name source: (string (string_fragment) @module)) @reference.import
(namespace_export (_) @alias) @reference.part

; CommonJS and dynamic imports.
((variable_declarator name: (identifier) @alias
  value: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module)))) @reference.import
  (#eq? @_require "require"))
((variable_declarator name: (identifier) @alias value: (call_expression
  function: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module))))) @reference.import
  (#eq? @_require "require"))
((variable_declarator name: (identifier) @alias value: (member_expression
  object: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module)))
  property: (property_identifier) @name)) @reference.import
  (#eq? @_require "require"))
((call_expression function: (member_expression
  object: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module)))
  property: (property_identifier) @name)) @reference.import
  (#eq? @_require "require"))
(variable_declarator name: (identifier) @alias
  value: (await_expression (call_expression function: (import) arguments: (arguments . (string (string_fragment) @module))))) @reference.import
((variable_declarator name: (object_pattern)
  value: (call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @module)))) @import
  (#eq? @_require "require"))
(variable_declarator name: (object_pattern)
  value: (await_expression (call_expression function: (import) arguments: (arguments . (string (string_fragment) @module))))) @import
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @name @reference.part))
(variable_declarator name: (object_pattern
  (pair_pattern key: (property_identifier) @name value: (identifier) @alias) @reference.part))
([
  (expression_statement (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module))))
  (expression_statement (await_expression (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module)))))
  (expression_statement (call_expression function: (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module)))))
  (parenthesized_expression (await_expression (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module)))))
  (arguments (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module))))
  (assignment_expression right: (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module))))
  (pair value: (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module))))
  (return_statement (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module))))
  (array (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module))))
  (arrow_function body: (call_expression
    function: [(identifier) (import)] @_require arguments: (arguments . (string (string_fragment) @module))))
] @reference.import
  (#any-of? @_require "require" "import"))
(member_expression object: (call_expression
  function: (import) arguments: (arguments . (string (string_fragment) @module)))) @reference.import

; What names hold.
(variable_declarator name: (identifier) @name
  value: [(new_expression) (call_expression) (identifier) (member_expression) (await_expression)] @value) @binding.variable
(variable_declarator name: (identifier) @name value: [(string) (template_string) (array) (object) (number) (regex)] @literal) @binding.variable
(assignment_expression left: (member_expression object: (this) property: (property_identifier) @name)
  right: [(new_expression) (call_expression) (identifier) (member_expression) (await_expression)] @value) @binding.attribute
(assignment_expression left: (member_expression object: (this) property: (property_identifier) @name)
  right: [(string) (template_string) (array) (object) (number) (regex)] @literal) @binding.attribute

; A function may be given as a value: any name, or property, that is no parameter or variable.
([
  (arguments (identifier) @name)
  (pair value: (identifier) @name)
  (shorthand_property_identifier) @name
  (array (identifier) @name)
  (variable_declarator value: (identifier) @name)
  (assignment_expression right: (identifier) @name)
  (assignment_pattern right: (identifier) @name)
  (return_statement (identifier) @name)
  (ternary_expression consequence: (identifier) @name)
  (ternary_expression alternative: (identifier) @name)
  (binary_expression operator: ["||" "??"] (identifier) @name)
  (arrow_function body: (identifier) @name)
 ] @reference.value)
([
  (arguments (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name))
  (pair value: (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name))
  (array (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name))
  (variable_declarator value: (member_expression object: (_) @qualifier property: (property_identifier) @name))
  (assignment_expression right: (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name))
  (return_statement (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name))
  (ternary_expression consequence: (member_expression object: (_) @qualifier property: (property_identifier) @name))
  (ternary_expression alternative: (member_expression object: (_) @qualifier property: (property_identifier) @name))
 ] @reference.value)
(call_expression function: (member_expression
  object: (identifier) @name property: (property_identifier) @_bind) (#eq? @_bind "bind")) @reference.value
(call_expression function: (member_expression
  object: (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name)
  property: (property_identifier) @_bind) (#eq? @_bind "bind")) @reference.value
(call_expression function: (member_expression
  object: (identifier) @name property: (property_identifier) @_call) (#any-of? @_call "call" "apply")) @reference.call
; What a class or an enum has is taken of it: `Status.Paid`.
([
  (member_expression object: (identifier) @name)
  (member_expression object: (member_expression object: (identifier) @qualifier property: (property_identifier) @name))
 ] @reference.receiver (#match? @name "^_?[A-Z]\\w*[a-z]"))
(assignment_expression left: (member_expression
  object: (this) @qualifier property: [(property_identifier) (private_property_identifier)] @name)) @reference.assigned

; Local variables hide what has their names outside.
(arrow_function parameter: (identifier) @name @local)
(variable_declarator name: (identifier) @name @local)
(shorthand_property_identifier_pattern) @name @local
(pair_pattern value: (identifier) @name @local)
(pair_pattern value: (assignment_pattern left: (identifier) @name @local))
(array_pattern (identifier) @name @local)
(catch_clause parameter: (identifier) @name @local)
(for_in_statement left: (identifier) @name @local)
[
  (function_declaration) (generator_function_declaration) (method_definition) (statement_block) (for_statement) (for_in_statement)
  (catch_clause) (switch_body)
] @scope
[(function_expression) (generator_function) (arrow_function)] @scope.inner
