; name = "clojure"
; grammar = "semble_grammars"
; function = "get_language"
; bundled = "clojure"
; extensions = [".clj", ".cljs", ".cljc", ".bb"]
; interpreters = ["bb", "clojure", "lumo", "planck"]
; self_names = ["this"]

((source (list_lit . value: (sym_lit) @_def . value: (sym_lit name: (sym_name) @name) . value: (str_lit)? @doc) @definition.function)
  (#match? @_def "^(?:defn-?|defmulti|deftest-?|s/defn|defn-spec|defspec|defui|defc|defcomponent)$"))
((source (list_lit . value: (sym_lit) @_def . value: (sym_lit name: (sym_name) @name)) @definition.function) (#eq? @_def "defmethod"))
((source (list_lit . value: (sym_lit) @_def . value: (sym_lit name: (sym_name) @name) . value: (str_lit)? @doc) @definition.macro)
  (#eq? @_def "defmacro"))
((source (list_lit . value: (sym_lit) @_def . value: (sym_lit name: (sym_name) @name) . value: (str_lit)? @doc) @definition.constant)
  (#any-of? @_def "def" "defonce" "s/def"))
((source (list_lit . value: (sym_lit) @_def . value: (sym_lit name: (sym_name) @name) . value: (str_lit)? @doc) @definition.protocol)
  (#any-of? @_def "defprotocol" "definterface"))
((source (list_lit . value: (sym_lit) @_def . value: (sym_lit name: (sym_name) @name)) @definition.class)
  (#any-of? @_def "defrecord" "deftype" "defschema"))
; What protocols and records hold.
((source (list_lit . value: (sym_lit) @_def value: (list_lit . value: (sym_lit name: (sym_name) @name) . value: (vec_lit)) @definition.method))
  (#any-of? @_def "defprotocol" "definterface" "defrecord" "deftype"))
((source (list_lit . value: (sym_lit) @_def . value: (sym_lit) . value: (vec_lit value: (sym_lit name: (sym_name) @name) @member)))
  (#any-of? @_def "defrecord" "deftype"))
((source (list_lit . value: (sym_lit) @_def . value: (sym_lit) . value: (str_lit) @doc.file)) (#eq? @_def "ns"))

((list_lit . value: (kwd_lit) @_use value: [(sym_lit) @module (vec_lit . value: (sym_lit) @module)] @reference.import)
  (#any-of? @_use ":require" ":use" ":require-macros"))
((list_lit . value: (kwd_lit) @_use value: (vec_lit . value: (sym_lit) @module value: (kwd_lit) @_as . value: (sym_lit) @alias) @reference.import)
  (#any-of? @_use ":require" ":use") (#eq? @_as ":as"))
((list_lit . value: (sym_lit !namespace name: (sym_name) @name)) @reference.call
  (#not-match? @name "^(?:ns|def.*|let|if|when|do|fn|loop|recur|cond|case|and|or|not|for|doseq|->|->>|try|catch|quote|var)$"))
(list_lit . value: (sym_lit namespace: (sym_ns) @qualifier name: (sym_name) @name)) @reference.call
