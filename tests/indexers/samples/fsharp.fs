/// A shop.
module Acme.Shop

open System
open Acme.Money

/// Most items.
[<Literal>]
let MaxItems = 10

exception TooLittle of int

/// An item.
type Item = { Name: string; Cost: float }

type State =
    /// Not paid.
    | Open
    | Paid of int

type Priced =
    abstract Price: unit -> float

/// What is bought.
type Cart(items: Item list) =
    inherit Base()
    let mutable count = 0

    /// What it costs.
    member this.Total(rate: float) = helper rate
    static member Empty = Cart([])

    interface Priced with
        member this.Price() = this.Total 1.0

/// Helps.
let helper (rate: float) : float =
    let inner x = x * rate
    inner 2.0

let rec even n = n = 0 || odd (n - 1)
and odd n = n <> 0 && even (n - 1)

module Inner =
    let double x = x * 2

[<EntryPoint>]
let main args =
    printfn "%A" (Cart([]).Total 2.0)
    0
