; name = "elixir"
; grammar = "tree_sitter_elixir"
; extensions = [".ex", ".exs"]
; interpreters = ["elixir"]
; comments = ["comment"]
; self_names = ["__MODULE__"]
; clauses = true

; Elixir's grammar has calls only: `defmodule`, `def` and `@doc` are told apart by their names.
; What stands in @doc and its like is documentation or an attribute of what follows, never a call.
((unary_operator operator: "@" operand: (call target: (identifier) @_attribute)) @attribute
  (#match? @_attribute "^(doc|typedoc|spec|impl|deprecated|dialyzer|tag|moduletag|describetag|since|decorate)$"))
(unary_operator operator: "@" operand: (call target: (identifier) @ignore))
(unary_operator operator: "@" operand: (call (arguments . (binary_operator left: (call target: (identifier) @ignore) operator: "::"))))
(unary_operator operator: "@" operand: (call (arguments . (binary_operator
  left: (binary_operator left: (call target: (identifier) @ignore) operator: "::") operator: "when"))))

((call target: (identifier) @_def (arguments . (alias) @name) (do_block)? @body) @definition.module (#eq? @_def "defmodule"))
((call target: (identifier) @_def (arguments . (alias) @name) (do_block)? @body) @definition.protocol (#eq? @_def "defprotocol"))
((call target: (identifier) @_def (arguments . (alias) (keywords (pair value: (alias) @name))) (do_block)? @body) @definition.impl
  (#eq? @_def "defimpl"))
((call target: (identifier) @_def (arguments . (alias) .) @name (do_block)? @body) @definition.impl (#eq? @_def "defimpl"))
((source (call target: (identifier) @_def (arguments . (alias)) (do_block (unary_operator operand: (call
    target: (identifier) @_doc (arguments . [(string . (quoted_content) @doc.file) (sigil (quoted_content) @doc.file)]))))))
  (#match? @_def "^def(module|protocol)$") (#eq? @_doc "moduledoc"))
((call target: (identifier) @_def (arguments . (alias) @name) (do_block (unary_operator operand: (call
    target: (identifier) @_doc (arguments . [(string . (quoted_content) @doc) (sigil (quoted_content) @doc)]))))) @definition.module
  (#match? @_def "^def(module|protocol)$") (#eq? @_doc "moduledoc"))

; Functions: `f(x)`, `f`, `f(x) when …`, `a <> b`; the body is a `do` block or a keyword.
((call target: (identifier) @_def (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: [(call target: (identifier) @name) (identifier) @name] operator: "when")]
    (keywords)? @body) (do_block)? @body) @definition.function
  (#match? @_def "^(def|defp|defn|defnp)$"))
((call target: (identifier) @_def (arguments . [(call target: (identifier) @name) (identifier) @name])) @definition.function
  (#eq? @_def "defdelegate"))
((call target: (identifier) @_def (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: [(call target: (identifier) @name) (identifier) @name] operator: "when")]
    (keywords)? @body) (do_block)? @body) @definition.macro
  (#match? @_def "^def(macro|macrop|guard|guardp)$"))
((call target: (identifier) @_def (arguments . (binary_operator left: (identifier) operator: _ @name right: (identifier)))
  (do_block)? @body)
  @definition.function
  (#match? @_def "^defp?$") (#not-eq? @name "when"))
((call target: (identifier) @_test (arguments . (string (quoted_content) @name)) (do_block) @body) @definition.function
  (#match? @_test "^(test|property|feature|describe)$"))

; Documentation is the sibling above, with @spec and @impl between.
((unary_operator operator: "@" operand: (call target: (identifier) @_doc
    (arguments . [(string . (quoted_content) @doc) (sigil (quoted_content) @doc)])))
  . [(unary_operator) (comment)]* .
  (call target: (identifier) @_def (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: [(call target: (identifier) @name) (identifier) @name])])) @definition.function
  (#eq? @_doc "doc") (#match? @_def "^def"))

; Types, callbacks and constants of a module.
((unary_operator operator: "@" operand: (call target: (identifier) @_type (arguments . (binary_operator
    left: [(identifier) @name (call target: (identifier) @name)] operator: "::")))) @definition.type
  (#match? @_type "^(type|typep|opaque)$"))
((unary_operator operator: "@" operand: (call target: (identifier) @_type (arguments . [
    (binary_operator left: (call target: (identifier) @name) operator: "::")
    (binary_operator left: (binary_operator left: (call
      target: (identifier) @name) operator: "::") operator: "when")]))) @definition.function
  (#match? @_type "^(macro)?callback$"))
((unary_operator operator: "@" operand: (call target: (identifier) @_doc
    (arguments . [(string . (quoted_content) @doc) (sigil (quoted_content) @doc)])))
  . (unary_operator operator: "@" operand: (call target: (identifier) @_type (arguments . (binary_operator
      left: [(identifier) @name (call target: (identifier) @name)] operator: "::")))) @definition.type
  (#match? @_doc "^(type)?doc$") (#match? @_type "^(type|typep|opaque|callback|macrocallback)$"))
((do_block (unary_operator operator: "@" operand: (call target: (identifier) @name)) @definition.constant)
  (#not-match? @name "^(doc|moduledoc|typedoc|spec|impl|type|typep|opaque|callback|macrocallback|optional_callbacks|behaviour|enforce_keys|derive|deprecated|dialyzer|tag|moduletag|describetag|compile|before_compile|after_compile|on_load|on_definition|external_resource|after_verify|since|decorate|fallback_to_any|protocol|for|vsn|file|shortdoc|moduledoc|primary_key|foreign_key_type|schema_prefix|timestamps_opts|nifs|undefined_impl_description)$"))

((unary_operator operand: (call target: (identifier) @_behaviour (arguments [(alias) (atom)] @name @reference.inherit)))
  (#eq? @_behaviour "behaviour"))
((call target: (identifier) @_def (arguments . (alias) @name @reference.inherit (keywords))) (#eq? @_def "defimpl"))

((call target: (identifier) @_import (arguments . (alias) @module .)) @reference.import
  (#match? @_import "^(alias|import|require|use)$"))
((call target: (identifier) @_import (arguments . (atom) @module)) @reference.import
  (#match? @_import "^(import|require|use)$"))
((call target: (identifier) @_import (arguments . (alias) @module . (_) @_options)) @reference.import
  (#match? @_import "^(alias|import|require|use)$") (#not-match? @_options "^as: "))
((call target: (identifier) @_import (arguments . (alias) @module
    (keywords . (pair key: (keyword) @_as value: (alias) @alias)))) @reference.import
  (#match? @_import "^(alias|require)$") (#match? @_as "^as:"))
((call target: (identifier) @_import (arguments . (dot left: (alias) @module right: (tuple (alias) @name)))) @reference.import
  (#match? @_import "^(alias|import|require|use)$"))

((call target: (identifier) @name) @reference.call
  (#not-match? @name "^(def[a-z]*|alias|import|use|require|quote|unquote|unquote_splicing|if|unless|case|cond|with|for|raise|reraise|receive|try|fn|super|throw|test|describe|setup|setup_all|assert|refute|is_[a-z]+|inspect|to_string|length|elem|hd|tl|put_in|send|self|spawn|required|optional|integer|boolean|binary|atom|map|list|keyword|pid|reference|any|term|module|mfa|non_neg_integer|pos_integer|timeout|no_return|iodata|struct!?)$"))
((call target: (dot left: (_) @qualifier right: (identifier) @name) (arguments)) @reference.call (#not-eq? @name "t"))
((call target: (dot left: [(alias) (atom)] @qualifier right: (identifier) @name) .) @reference.call (#not-eq? @name "t"))
((call target: (dot left: (alias) @name @reference.type right: (identifier) @_t)) (#eq? @_t "t"))
(binary_operator operator: "|>" right: (identifier) @name @reference.call)
(unary_operator operator: "&" operand: (binary_operator left: (identifier) @name @reference.call operator: "/"))
(unary_operator operator: "&" operand: (binary_operator
  left: (call target: (dot left: (_) @qualifier right: (identifier) @name) .) @reference.call operator: "/"))
(struct (alias) @name @reference.type)
((call target: (identifier) @_use (arguments . (alias) @name @reference.type)) (#eq? @_use "use"))
((call target: (identifier) @_raise (arguments . (alias) @name @reference.type)) (#match? @_raise "^(raise|reraise|assert_raise)$"))
