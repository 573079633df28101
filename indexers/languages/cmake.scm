; name = "cmake"
; grammar = "semble_grammars"
; function = "get_language"
; bundled = "cmake"
; extensions = [".cmake"]
; filenames = ["CMakeLists.txt"]
; comments = ["line_comment", "bracket_comment"]
; self_names = []

(function_def (function_command (argument_list . (argument) @name)) @head) @definition.function
(macro_def (macro_command (argument_list . (argument) @name)) @head) @definition.macro
((normal_command (identifier) @_command (argument_list . (argument) @name)) @definition.target
  (#match? @_command "^(?i:add_library|add_executable|add_custom_target|project)$") (#match? @name "^[\\w.:+-]+$"))
((normal_command (identifier) @_command (argument_list . (argument) @name)) @definition.variable
  (#match? @_command "^(?i:set|option)$"))

((normal_command (identifier) @_command (argument_list . (argument) @module)) @reference.import
  (#match? @_command "^(?i:include|add_subdirectory|find_package)$"))
((normal_command (identifier) @name) @reference.call
  (#not-match? @name "^(?i:set|option|include|add_subdirectory|find_package|add_library|add_executable|add_custom_target|project)$"))
((normal_command (identifier) @_command (argument_list (argument) @name @reference.type))
  (#match? @_command "^(?i:target_\\w+|add_dependencies)$") (#match? @name "^\\w+$"))
