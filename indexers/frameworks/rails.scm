; title = "Rails"
; languages = ["ruby"]
; texts = ["Rails.application.routes.draw"]

((call method: (identifier) @method
  arguments: (argument_list . [(string) (simple_symbol)] @path
    (pair key: [(hash_key_symbol) (simple_symbol)] @_to value: (string) @action))) @route
  (#any-of? @method "get" "post" "put" "patch" "delete") (#any-of? @_to "to" ":to"))
((call method: (identifier) @method
  arguments: (argument_list . (pair key: (string) @path value: (string) @action))) @route
  (#any-of? @method "get" "post" "put" "patch" "delete"))
((call method: (identifier) @_root arguments: (argument_list . [
  (string) @action (pair key: [(hash_key_symbol) (simple_symbol)] value: (string) @action)])) @route
  (#eq? @_root "root"))
; Those of a namespace have controllers of other names.
((program (call method: (identifier) @_draw block: [
  (do_block (body_statement (call method: (identifier) @_resources arguments: (argument_list (simple_symbol) @resources)) @route))
  (block (block_body (call method: (identifier) @_resources arguments: (argument_list (simple_symbol) @resources)) @route))]))
  (#eq? @_draw "draw") (#eq? @_resources "resources"))
