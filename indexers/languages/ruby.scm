; name = "ruby"
; grammar = "tree_sitter_ruby"
; extensions = [".rb", ".rbw", ".rake", ".ru", ".gemspec", ".podspec", ".jbuilder", ".builder"]
; filenames = ["Rakefile", "Gemfile", "Guardfile", "Capfile", "Vagrantfile", "Podfile", "Fastfile", "Brewfile", "Berksfile", "Thorfile"]
; interpreters = ["ruby", "jruby", "rbx", "rake", "macruby", "truffleruby"]
; comments = ["comment"]
; self_names = ["self", "super", "self.class"]

; Types. `Foo = Struct.new(…) do … end` is a class with a body; so are the results of Class.new, Data.define, Module.new.
(module name: (constant) @name) @definition.module
(module name: (scope_resolution scope: (_) @owner name: (constant) @name)) @definition.module
(class name: (constant) @name) @definition.class
(class name: (scope_resolution scope: (_) @owner name: (constant) @name)) @definition.class
((assignment left: (constant) @name
  right: (call receiver: (constant) @_maker method: (identifier) @_make block: (_)? @body)) @definition.class
  (#any-of? @_maker "Struct" "Class" "Data" "Module") (#any-of? @_make "new" "define"))

(assignment left: (constant) @name) @definition.constant
(operator_assignment left: (constant) @name) @definition.constant
(program (assignment left: (global_variable) @name) @definition.variable)

; Methods. A module is a mixin, so what it holds are methods; at file level a `def` is a function.
(module body: (body_statement (method name: (_) @name) @definition.method))
(module body: (body_statement (singleton_method name: (_) @name) @definition.method))
(singleton_class body: (body_statement (method name: (_) @name) @definition.method))
(argument_list (method name: (_) @name) @definition.method)
(method name: (_) @name) @definition.function
(singleton_method object: (self) name: (_) @name) @definition.method
(singleton_method object: [(constant) (identifier) (scope_resolution)] @owner name: (_) @name) @definition.method
(alias name: (_) @name) @definition.method
([(class (body_statement (call !receiver method: (identifier) @_macro arguments: (argument_list .
  (simple_symbol) @name)) @definition.method))
  (module (body_statement (call !receiver method: (identifier) @_macro arguments: (argument_list .
    (simple_symbol) @name)) @definition.method))
  (singleton_class (body_statement
    (call !receiver method: (identifier) @_macro arguments: (argument_list . (simple_symbol) @name)) @definition.method))]
  (#any-of? @_macro "define_method" "alias_method" "define_singleton_method"))
((call !receiver method: (identifier) @_macro arguments: (argument_list (simple_symbol) @name)) @definition.property
  (#any-of? @_macro "attr_accessor" "attr_reader" "attr_writer" "attr"
    "cattr_accessor" "cattr_reader" "mattr_accessor" "mattr_reader" "class_attribute" "attr_internal"))

(superclass (constant) @name @reference.inherit)
(superclass (scope_resolution scope: (_) @qualifier name: (constant) @name) @reference.inherit)
(superclass (scope_resolution !scope name: (constant) @name) @reference.inherit)
((call !receiver method: (identifier) @_mix arguments: (argument_list (constant) @name @reference.inherit))
  (#any-of? @_mix "include" "extend" "prepend"))
((call !receiver method: (identifier) @_mix
  arguments: (argument_list (scope_resolution scope: (_) @qualifier name: (constant) @name) @reference.inherit))
  (#any-of? @_mix "include" "extend" "prepend"))
((assignment right: (call receiver: (constant) @_maker method: (identifier) @_make
  arguments: (argument_list . (constant) @name @reference.inherit)))
  (#eq? @_maker "Class") (#eq? @_make "new"))

((call !receiver method: (identifier) @_require arguments: (argument_list . (string) @module)) @reference.import
  (#any-of? @_require "require" "require_relative" "load" "require_dependency" "import"))
((call !receiver method: (identifier) @_require arguments: (argument_list . (simple_symbol) @name . (string) @module)) @reference.import
  (#eq? @_require "autoload"))

; `Carrier.new` is a call of Carrier; `Carrier.find` one of `find`.
((call !receiver method: [(identifier) (constant)] @name) @reference.call
  (#not-match? @name "^(require|require_relative|load|autoload|include|extend|prepend|attr|attr_accessor|attr_reader|attr_writer|alias_method|define_method|private|public|protected|module_function|private_constant|private_class_method|raise|puts|lambda|proc|loop|block_given[?])$"))
((call receiver: (_) @qualifier method: (identifier) @name) @reference.call (#not-eq? @name "new"))
(call receiver: [(identifier) (self) (instance_variable) (call) (parenthesized_statements)] @qualifier
  method: (constant) @name) @reference.call
((call receiver: (constant) @name method: (identifier) @_new) @reference.call (#eq? @_new "new"))
((call receiver: (scope_resolution scope: (_) @qualifier name: (constant) @name) method: (identifier) @_new) @reference.call
  (#eq? @_new "new"))
; A name with ! or ? is a call even without arguments.
([(body_statement (identifier) @name @reference.call)
  (then (identifier) @name @reference.call)
  (if condition: (identifier) @name @reference.call)
  (unless condition: (identifier) @name @reference.call)
  (if_modifier condition: (identifier) @name @reference.call)
  (unless_modifier condition: (identifier) @name @reference.call)
  (conditional condition: (identifier) @name @reference.call)
  (unary (identifier) @name @reference.call)
  (binary (identifier) @name @reference.call)]
  (#match? @name "[!?]$"))

(exceptions (constant) @name @reference.type)
(exceptions (scope_resolution scope: (_) @qualifier name: (constant) @name) @reference.type)
((call method: (_) @_method arguments: (argument_list (constant) @name @reference.type))
  (#not-match? @_method "^(include|extend|prepend)$"))
((call method: (_) @_method
  arguments: (argument_list (scope_resolution scope: (_) @qualifier name: (constant) @name) @reference.type))
  (#not-match? @_method "^(include|extend|prepend)$"))
(when (pattern (constant) @name @reference.type))
(when (pattern (scope_resolution scope: (_) @qualifier name: (constant) @name) @reference.type))
