; title = "event"
; languages = ["javascript", "typescript", "tsx"]
; texts = [".on(", ".once(", ".addListener(", ".addEventListener(", ".prependListener("]

((call_expression
  function: (member_expression property: (property_identifier) @_on)
  arguments: (arguments . (string) @event . [
    (identifier) @to
    (member_expression object: [(this) (identifier)] @receiver property: (property_identifier) @to)
    (call_expression
      function: (member_expression
        object: (member_expression object: [(this) (identifier)] @receiver property: (property_identifier) @to)
        property: (property_identifier) @_bind)
      arguments: (arguments . (this)) (#eq? @_bind "bind"))])) @listener
  (#any-of? @_on "on" "once" "addListener" "addEventListener" "prependListener"))
