@tool
class_name Cart
extends Node2D
## What is bought.

signal paid(amount)
const MAX_ITEMS := 10
const Money = preload("res://money.gd")

enum State { OPEN, PAID }

@export var title: String = "cart"
## Its items.
var items: Array[Item] = []:
	set(value):
		items = value
@onready var label = $Label

## Makes one.
func _init(title_: String) -> void:
	title = title_

# What it costs.
static func total(list: Array) -> float:
	var sum := 0.0
	for item in list:
		sum += item.price()
	return Money.round(helper(sum))

class Order extends RefCounted:
	var state = State.OPEN

	func pay() -> void:
		paid.emit(1)

func helper(x): return x
