; title = "Flask"
; languages = ["python"]
; imports = ["flask", "quart"]
; words = ["@", "add_url_rule", "register_blueprint"]
; method = "GET"
; makers = ["Flask", "Blueprint", "Quart"]

(decorated_definition
  (decorator (call
    function: (attribute object: (_) @on attribute: (identifier) @_route)
    arguments: (argument_list . (string) @path
      (keyword_argument name: (identifier) @_methods value: (_) @methods (#eq? @_methods "methods"))?)))
  definition: (function_definition name: (identifier) @handler)
  (#eq? @_route "route")) @route
(decorated_definition
  (decorator (call
    function: (attribute object: (_) @on attribute: (identifier) @method)
    arguments: (argument_list . (string) @path)))
  definition: (function_definition name: (identifier) @handler)
  (#any-of? @method "get" "post" "put" "patch" "delete")) @route
((call
  function: (attribute object: (_) @on attribute: (identifier) @_add)
  arguments: (argument_list . (string) @path (keyword_argument name: (identifier) @_view value: [
    (identifier) @to
    (attribute object: (_) @receiver attribute: (identifier) @to)
    (call function: (attribute object: (identifier) @to attribute: (identifier) @_as_view))
    (call function: (attribute object: (attribute object: (_) @receiver attribute: (identifier) @to) attribute: (identifier) @_as_view))]))) @route
  (#eq? @_add "add_url_rule") (#eq? @_view "view_func"))
((decorated_definition
  (decorator [
    (attribute attribute: (identifier) @event)
    (call function: (attribute attribute: (identifier) @event))])
  definition: (function_definition name: (identifier) @handler)) @listener
  (#match? @event "^(app_|teardown_)?(before|after|teardown)_(app_)?(request|appcontext|first_request)$|^(app_)?(errorhandler|context_processor|url_value_preprocessor|url_defaults)$"))

; Where the paths of a blueprint begin: below its own prefix, if it is registered below none.
(assignment left: (identifier) @on right: (call
  arguments: (argument_list (keyword_argument name: (identifier) @_name value: (string) @prefix @default)))
  (#eq? @_name "url_prefix"))
(call
  function: (attribute attribute: (identifier) @_register)
  arguments: (argument_list . (identifier) @on (keyword_argument name: (identifier) @_name value: (string) @prefix))
  (#eq? @_register "register_blueprint") (#eq? @_name "url_prefix"))
((call
  function: (attribute object: (_) @on attribute: (identifier) @_register)
  arguments: (argument_list . [(identifier) @to (attribute object: (_) @receiver attribute: (identifier) @to)]
    (keyword_argument name: (identifier) @_name value: (string) @path))) @mount
  (#eq? @_register "register_blueprint") (#eq? @_name "url_prefix"))
