; name = "sql"
; grammar = "tree_sitter_sql"
; extensions = [".sql", ".psql", ".pgsql", ".ddl"]
; comments = ["comment", "marginalia"]
; self_names = []
; mends = { '\b[Aa][Ss]\s{1,20}(\$\$\s{0,20}(?i:begin|declare)\b[^$]{0,20000}+\$\$)' = "''" }

(statement (create_table . (keyword_create) (object_reference schema: (_)? @owner name: (identifier) @name) (column_definitions)? @body)) @definition.table
(statement (create_view (object_reference schema: (_)? @owner name: (identifier) @name) (create_query)? @body)) @definition.view
(statement (create_materialized_view (object_reference schema: (_)? @owner name: (identifier) @name))) @definition.view
(statement (create_function . (keyword_create) (object_reference schema: (_)? @owner name: (identifier) @name) . (function_arguments) (function_body)? @body)) @definition.function
(statement (create_procedure (object_reference schema: (_)? @owner name: (identifier) @name))) @definition.function
(statement (create_trigger . (keyword_create) . (_)? . (keyword_trigger) . (object_reference name: (identifier) @name))) @definition.trigger
(statement (create_index column: (identifier) @name)) @definition.index
(statement (create_type (object_reference schema: (_)? @owner name: (identifier) @name))) @definition.type
(statement (create_sequence (object_reference schema: (_)? @owner name: (identifier) @name))) @definition.sequence
(statement (create_schema (identifier) @name)) @definition.namespace
(create_table (column_definitions (column_definition name: (identifier) @name) @definition.column))
(cte (identifier) @name (statement) @body) @definition.view

(relation (object_reference schema: (_)? @qualifier name: (identifier) @name)) @reference.type
(column_definition (keyword_references) . (object_reference schema: (_)? @qualifier name: (identifier) @name)) @reference.type
(constraint (keyword_references) . (object_reference schema: (_)? @qualifier name: (identifier) @name)) @reference.type
(insert (object_reference schema: (_)? @qualifier name: (identifier) @name)) @reference.type
(create_index (object_reference schema: (_)? @qualifier name: (identifier) @name)) @reference.type
(alter_table (object_reference schema: (_)? @qualifier name: (identifier) @name)) @reference.type
(invocation (object_reference schema: (_)? @qualifier name: (identifier) @name)) @reference.call
