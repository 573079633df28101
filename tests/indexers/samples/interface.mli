(** A shop. *)

open Base

type t
(** A cart. *)

(** An item. *)
type item = { name : string; cost : float }

exception Too_little of int

val total : ?rate:float -> t -> float
(** What it costs. *)

(** Adds one. *)
val add : t -> item -> t

module type Priced = sig
  val price : t -> float
end

module Make (P : Priced) : Priced
external now : unit -> float = "shop_now"
