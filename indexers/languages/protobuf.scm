; name = "protobuf"
; grammar = "semble_grammars"
; function = "get_language"
; bundled = "proto"
; extensions = [".proto"]
; mends = { '^[ \t]*syntax[ \t]*=[ \t]*["\x27]proto(2)' = "3", '^[ \t]*(required)\b|^[ \t]*(extensions\b[^;\n]{0,200};)|^[ \t]*(extend[ \t]+[\w.]{1,200}[ \t]*\{[^{}]{0,5000}\})' = " " }
; package_scope = true
; self_names = []

(message (message_name) @name (message_body) @body) @definition.class
(enum (enum_name) @name (enum_body) @body) @definition.enum
(service (service_name) @name) @definition.interface
(rpc (rpc_name) @name) @definition.function

(field (identifier) @name) @member
(map_field (identifier) @name) @member
(oneof_field (identifier) @name) @member
(enum_field (identifier) @name) @member

(import path: (string) @module) @reference.import
(message_or_enum_type (identifier) @name .) @reference.type
