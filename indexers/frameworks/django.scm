; title = "Django"
; languages = ["python"]
; imports = ["django", "rest_framework"]
; words = ["path(", "re_path(", "url(", "@receiver", ".connect(", "register(", "register."]

((call function: [(identifier) @_path (attribute attribute: (identifier) @_path)]
  arguments: (argument_list . [(string) (concatenated_string)] @path . [
    (identifier) @to
    (attribute object: (_) @receiver attribute: (identifier) @to)
    (call function: (attribute object: (identifier) @to attribute: (identifier) @_as_view))
    (call function: (attribute object: (attribute object: (_) @receiver attribute: (identifier) @to) attribute: (identifier) @_as_view))
    (call function: (_) arguments: (argument_list . (identifier) @to .))
    (call function: (_) arguments: (argument_list . (attribute object: (_) @receiver attribute: (identifier) @to) .))
    (call function: (_) arguments: (argument_list .
      (call function: (attribute object: (identifier) @to attribute: (identifier) @_as_view)) .))])) @route
  (#any-of? @_path "path" "re_path" "url"))
; A view set of REST framework.
((call function: (attribute object: (_) @on attribute: (identifier) @_register)
  arguments: (argument_list . (string) @path . [(identifier) @to (attribute object: (_) @receiver attribute: (identifier) @to)])) @route
  (#eq? @_register "register") (#match? @on "[rR]outer$"))
((call function: [(identifier) @_path (attribute attribute: (identifier) @_path)]
  arguments: (argument_list . (string) @path . (call function: (identifier) @_include arguments: (argument_list . [
    (string) @to
    (tuple . (string) @to)
    (identifier) @to
    (attribute object: (_) @receiver attribute: (identifier) @to)])))) @mount
  (#any-of? @_path "path" "re_path" "url") (#eq? @_include "include"))

; Signals, commands of the admin, tags of templates.
((decorated_definition
  (decorator (call function: (identifier) @_receiver arguments: (argument_list . (_) @event)))
  definition: (function_definition name: (identifier) @handler)) @listener
  (#eq? @_receiver "receiver"))
((call function: (attribute object: (_) @event attribute: (identifier) @_connect)
  arguments: (argument_list . [(identifier) @to (attribute object: (_) @receiver attribute: (identifier) @to)])) @listener
  (#eq? @_connect "connect") (#match? @event "^(\\w+\\.)*(pre|post|request|got|setting|connection|template|user|class|m2m)_\\w+$"))
((decorated_definition
  (decorator [
    (attribute object: (identifier) @_register attribute: (identifier) @event)
    (call function: (attribute object: (identifier) @_register attribute: (identifier) @event))])
  definition: (function_definition name: (identifier) @handler)) @listener
  (#eq? @_register "register") (#any-of? @event "filter" "simple_tag" "inclusion_tag" "tag" "simple_block_tag"))
((decorated_definition
  (decorator (call function: (attribute object: (identifier) @_admin attribute: (identifier) @event)))
  definition: (class_definition name: (identifier) @handler)) @listener
  (#eq? @_admin "admin") (#eq? @event "register"))
((call function: (attribute object: (attribute object: (identifier) @_admin attribute: (identifier) @_site) attribute: (identifier) @event)
  arguments: (argument_list . (_) . (identifier) @to)) @listener
  (#eq? @_admin "admin") (#eq? @_site "site") (#eq? @event "register"))
