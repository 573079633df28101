#' What the shop sells.

library(dplyr)
source("money.R")

RATE <- 0.19

#' Sums the prices of an order.
#' @param order the order
#' @export
total <- function(order, rate = RATE) {
  net <- function(line) line$price
  stringr::str_c("total: ", sum(order$lines))
}

print.order = function(x, ...) {
  cat(total(x))
}

# Counts money.
Till <- R6::R6Class("Till",
  public = list(
    cash = 0,
    # Puts money in.
    add = function(amount) {
      self$check(amount)
    }
  )
)

setClass("Receipt", representation(text = "character"))
