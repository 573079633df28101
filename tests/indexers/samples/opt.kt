package shop

import shop.Order

/** Prices what is ordered. */
@OptIn(Experimental::class)
fun priced(order: Order): Order = order

/** What may change. */
@RequiresOptIn(level = "WARNING")
annotation class Experimental
