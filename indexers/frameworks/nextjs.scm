; title = "Next.js"
; languages = ["javascript", "typescript", "tsx"]
; texts = ["export async function GET", "export async function POST", "export async function PUT", "export async function PATCH", "export async function DELETE", "export function GET", "export function POST", "export function PUT", "export function PATCH", "export function DELETE", "export const GET", "export const POST", "export default"]
; placed = true
; depth = 2

; Which of these are routes, and of what, their paths tell.
((export_statement declaration: [
  (function_declaration name: (identifier) @handler @method)
  (lexical_declaration (variable_declarator name: (identifier) @handler @method))]) @route
  (#any-of? @method "GET" "POST" "PUT" "PATCH" "DELETE" "HEAD" "OPTIONS"))
(export_statement "default" declaration: [
  (function_declaration name: (identifier) @handler)
  (class_declaration name: (_) @handler)]) @route
(export_statement "default" value: (identifier) @to) @route
