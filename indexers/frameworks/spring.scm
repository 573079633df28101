; title = "Spring"
; languages = ["java"]
; imports = ["org.springframework", "jakarta.ws.rs", "javax.ws.rs"]

((method_declaration
  (modifiers (annotation name: (identifier) @method arguments: (annotation_argument_list [
    (string_literal) @path
    (element_value_pair key: (identifier) @_key value: (string_literal) @path (#any-of? @_key "value" "path"))
    (element_value_array_initializer . (string_literal) @path)
    (element_value_pair key: (identifier) @_key value: (element_value_array_initializer . (string_literal) @path)
      (#any-of? @_key "value" "path"))])))
  name: (identifier) @handler) @route
  (#any-of? @method "GetMapping" "PostMapping" "PutMapping" "PatchMapping" "DeleteMapping"))
((method_declaration
  (modifiers (marker_annotation name: (identifier) @method))
  name: (identifier) @handler) @route
  (#any-of? @method "GetMapping" "PostMapping" "PutMapping" "PatchMapping" "DeleteMapping"))
((method_declaration
  (modifiers (annotation name: (identifier) @_request arguments: (annotation_argument_list [
    (string_literal) @path
    (element_value_pair key: (identifier) @_key value: (string_literal) @path (#any-of? @_key "value" "path"))])))
  name: (identifier) @handler) @route
  (#eq? @_request "RequestMapping"))
((method_declaration
  (modifiers [
    (annotation name: (identifier) @event)
    (marker_annotation name: (identifier) @event)])
  name: (identifier) @handler) @listener
  (#any-of? @event "EventListener" "TransactionalEventListener" "Scheduled" "KafkaListener" "RabbitListener" "JmsListener" "ExceptionHandler" "Bean"))

; Where the paths of a controller begin.
((class_declaration
  (modifiers (annotation name: (identifier) @_request arguments: (annotation_argument_list [
    (string_literal) @prefix
    (element_value_pair key: (identifier) @_key value: (string_literal) @prefix (#any-of? @_key "value" "path"))
    (element_value_array_initializer . (string_literal) @prefix)])))) @within
  (#any-of? @_request "RequestMapping" "Path"))
