; title = "FastAPI"
; languages = ["python"]
; imports = ["fastapi"]
; words = ["@", "Depends(", "Security(", "add_", "include_router"]
; method = "GET"
; makers = ["FastAPI", "APIRouter"]

((decorated_definition
  (decorator (call
    function: (attribute object: (_) @on attribute: (identifier) @method)
    arguments: (argument_list . [(string) @path (keyword_argument name: (identifier) @_path value: (string) @path)])))
  definition: (function_definition name: (identifier) @handler)) @route
  (#any-of? @method "get" "post" "put" "patch" "delete" "options" "head" "trace" "websocket"))
((decorated_definition
  (decorator (call
    function: (attribute object: (_) @on attribute: (identifier) @_route)
    arguments: (argument_list . (string) @path
      (keyword_argument name: (identifier) @_methods value: (_) @methods (#eq? @_methods "methods"))?)))
  definition: (function_definition name: (identifier) @handler)) @route
  (#any-of? @_route "api_route" "route" "websocket_route"))
((call
  function: (attribute object: (_) @on attribute: (identifier) @_add)
  arguments: (argument_list . (string) @path . [(identifier) @to (attribute object: (_) @receiver attribute: (identifier) @to)])) @route
  (#any-of? @_add "add_api_route" "add_route" "add_api_websocket_route"))
((decorated_definition
  (decorator (call function: (attribute attribute: (identifier) @_on) arguments: (argument_list . (_) @event)))
  definition: (function_definition name: (identifier) @handler)) @listener
  (#any-of? @_on "on_event" "exception_handler" "middleware"))

; What is handed to a parameter.
((call function: (identifier) @_depends
  arguments: (argument_list . [(identifier) @to (attribute object: (_) @receiver attribute: (identifier) @to)])) @dependency
  (#any-of? @_depends "Depends" "Security"))

; Where the paths of a router begin.
(assignment left: (identifier) @on right: (call
  function: (identifier) @_router
  arguments: (argument_list (keyword_argument name: (identifier) @_name value: (string) @prefix)))
  (#eq? @_router "APIRouter") (#eq? @_name "prefix"))
(call
  function: (attribute attribute: (identifier) @_include)
  arguments: (argument_list . (identifier) @on (keyword_argument name: (identifier) @_name value: (string) @prefix))
  (#eq? @_include "include_router") (#eq? @_name "prefix"))
((call
  function: (attribute object: (_) @on attribute: (identifier) @_include)
  arguments: (argument_list . [(identifier) @to (attribute object: (_) @receiver attribute: (identifier) @to)]
    (keyword_argument name: (identifier) @_name value: (string) @path))) @mount
  (#eq? @_include "include_router") (#eq? @_name "prefix"))
((call
  function: (attribute object: (_) @on attribute: (identifier) @_include)
  arguments: (argument_list . [(identifier) @to (attribute object: (_) @receiver attribute: (identifier) @to)])) @mount
  (#eq? @_include "include_router"))
