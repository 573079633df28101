; title = "Axum"
; languages = ["rust"]
; imports = ["axum"]

((call_expression
  function: (field_expression field: (field_identifier) @_route)
  arguments: (arguments . (string_literal) @path . (call_expression
    function: [(identifier) @method (scoped_identifier name: (identifier) @method)]
    arguments: (arguments . [
      (identifier) @to
      (scoped_identifier path: (_) @receiver name: (identifier) @to)])))) @route
  (#eq? @_route "route") (#any-of? @method "get" "post" "put" "patch" "delete" "head" "options" "any"))
; Several methods of one path: `get(list).post(create)`.
((call_expression
  function: (field_expression field: (field_identifier) @_route)
  arguments: (arguments . (string_literal) @path . (call_expression
    function: (field_expression value: (call_expression
      function: [(identifier) @method (scoped_identifier name: (identifier) @method)]
      arguments: (arguments . [(identifier) @to (scoped_identifier path: (_) @receiver name: (identifier) @to)])))))) @route
  (#eq? @_route "route") (#any-of? @method "get" "post" "put" "patch" "delete" "head" "options" "any"))
((call_expression
  function: (field_expression field: (field_identifier) @_route)
  arguments: (arguments . (string_literal) @path . (call_expression
    function: (field_expression field: (field_identifier) @method)
    arguments: (arguments . [(identifier) @to (scoped_identifier path: (_) @receiver name: (identifier) @to)])))) @route
  (#eq? @_route "route") (#any-of? @method "get" "post" "put" "patch" "delete" "head" "options" "any"))
