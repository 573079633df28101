(* A shop. *)
open Base
open! Money.Syntax
include Comparable

(** Too little. *)
exception Too_little of int

(** An item. *)
type item = { name : string; cost : float }

type state =
  | Open  (** not paid *)
  | Paid of int

type 'a tree = Leaf | Node of 'a * 'a tree

(** Most items. *)
let max_items = 10

(** What it costs. *)
let total ?(rate = 1.0) (items : item list) : float =
  let inner x = x *. rate in
  List.fold_left (fun sum item -> sum +. inner item.cost) 0. items

let rec even n = n = 0 || odd (n - 1)
and odd n = n <> 0 && even (n - 1)

let ( ++ ) a b = a + b

external now : unit -> float = "shop_now"

(** Has a price. *)
module type Priced = sig
  type t

  (** Its price. *)
  val price : t -> float
end

module Cart = struct
  type t = item list

  let price t = total t
end

module Make (P : Priced) : Priced = struct
  type t = P.t
  let price = P.price
end

module C = Make (Cart)

class counter start = object (self)
  inherit base
  val mutable n = start
  method next = n <- n + 1; self#peek
  method private peek = n
end

let () =
  print_endline (Cart.price [] |> Float.to_string)
