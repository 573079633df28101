; title = "Express"
; languages = ["javascript", "typescript", "tsx"]
; imports = ["express", "fastify", "koa-router", "@koa/router", "restify", "polka", "hono"]

; The last of what is called for a path is its handler; those before it are called on the way.
((call_expression
  function: (member_expression object: (_) @on property: (property_identifier) @method)
  arguments: (arguments . [(string) (template_string)] @path [
    (identifier) @to
    (member_expression object: (_) @receiver property: (property_identifier) @to)
    (array [(identifier) @to (member_expression object: (_) @receiver property: (property_identifier) @to)])
    (call_expression arguments: (arguments . [
      (identifier) @to (member_expression object: (_) @receiver property: (property_identifier) @to)] .))])) @route
  (#any-of? @method "get" "post" "put" "patch" "delete" "del" "all" "options" "head" "use"))
((call_expression
  function: (member_expression
    object: (call_expression
      function: (member_expression object: (_) @on property: (property_identifier) @_route)
      arguments: (arguments . (string) @path .))
    property: (property_identifier) @method)
  arguments: (arguments [
    (identifier) @to
    (member_expression object: (_) @receiver property: (property_identifier) @to)])) @route
  (#eq? @_route "route") (#any-of? @method "get" "post" "put" "patch" "delete" "all"))

; What is used without a path is used for all of them.
((call_expression
  function: (member_expression object: (_) @on property: (property_identifier) @method)
  arguments: (arguments . [(identifier) @to (member_expression object: (_) @receiver property: (property_identifier) @to)])) @route
  (#eq? @method "use"))
((call_expression
  function: (member_expression object: (_) @on property: (property_identifier) @_use)
  arguments: (arguments . (call_expression function: (identifier) @_require arguments: (arguments . (string) @to .)) .)) @mount
  (#eq? @_use "use") (#eq? @_require "require"))

; A router that is used below a path.
((call_expression
  function: (member_expression property: (property_identifier) @_use)
  arguments: (arguments . (string) @prefix (identifier) @on .))
  (#any-of? @_use "use" "route" "register"))
((call_expression
  function: (member_expression property: (property_identifier) @_use)
  arguments: (arguments . (string) @path
    (call_expression function: (identifier) @_require arguments: (arguments . (string) @to .)) .)) @mount
  (#eq? @_use "use") (#eq? @_require "require"))
((call_expression
  function: (member_expression property: (property_identifier) @_use)
  arguments: (arguments . (string) @path (identifier) @to .)) @mount
  (#eq? @_use "route"))
