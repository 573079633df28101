"""
A shop.
"""
module Shop

using LinearAlgebra
using DataFrames: DataFrame, nrow
import Base: show, +
import ..Money
include("cart.jl")

export Cart, total

"Most items."
const MAX_ITEMS = 10

"""
    Priced

Has a price.
"""
abstract type Priced end

# A cart.
struct Cart{T<:Real} <: Priced
    items::Vector{T}
    name::String
    Cart{T}(items) where {T} = new(items, "")
end

mutable struct Order <: Priced
    state::Int
end

primitive type Small 8 end

@enum State open=1 paid

"""
    total(cart)

Sums up.
"""
function total(cart::Cart{T}; rate::Float64=1.0)::T where {T}
    sum(cart.items) * rate
end

double(x) = 2x
Base.show(io::IO, c::Cart) = print(io, c.name)
function Base.length(c::Cart)
    length(c.items)
end
(o::Order)(x) = x
+(a::Cart, b::Cart) = merge(a, b)

"Logs."
macro logged(ex)
    quote
        Shop.log($(esc(ex)))
    end
end

@inline function fast(x)
    @logged double(x)
    inner(y) = y
    inner(x)
end

end
