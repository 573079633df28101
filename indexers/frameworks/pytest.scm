; title = "pytest"
; languages = ["python"]
; imports = ["pytest", "pytest_asyncio"]
; words = ["def test_", "fixture", "usefixtures"]
; texts = ["\ndef test_", "\nasync def test_", "\nclass Test"]

((decorated_definition
  (decorator [
    (attribute object: (identifier) @_pytest attribute: (identifier) @_fixture)
    (call function: (attribute object: (identifier) @_pytest attribute: (identifier) @_fixture)
      arguments: (argument_list (keyword_argument name: (identifier) @_name value: (string) @given (#eq? @_name "name"))?))])
  definition: (function_definition name: (identifier) @handler)) @fixture
  (#any-of? @_pytest "pytest" "pytest_asyncio") (#eq? @_fixture "fixture"))
((decorated_definition
  (decorator [
    (identifier) @_fixture
    (call function: (identifier) @_fixture
      arguments: (argument_list (keyword_argument name: (identifier) @_name value: (string) @given (#eq? @_name "name"))?))])
  definition: (function_definition name: (identifier) @handler)) @fixture
  (#eq? @_fixture "fixture"))

; What tests and fixtures ask for.
((function_definition name: (identifier) @_test parameters: (parameters [
  (identifier) @to @fixture
  (typed_parameter . (identifier) @to) @fixture]))
  (#match? @_test "^test_") (#not-match? @to "^(self|cls)$"))
((decorated_definition
  (decorator [
    (attribute attribute: (identifier) @_fixture)
    (identifier) @_fixture
    (call function: [(attribute attribute: (identifier) @_fixture) (identifier) @_fixture])])
  definition: (function_definition parameters: (parameters [
    (identifier) @to @fixture
    (typed_parameter . (identifier) @to) @fixture])))
  (#eq? @_fixture "fixture") (#not-match? @to "^(self|cls)$"))
((decorator (call function: (attribute attribute: (identifier) @_use) arguments: (argument_list (string (string_content) @to) @fixture)))
  (#eq? @_use "usefixtures"))
