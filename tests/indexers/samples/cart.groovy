// The cart of the shop.
package shop

import shop.money.Money
import static java.lang.Math.*

/** What a customer means to buy. */
class Cart extends Basket implements Priced, Closeable {
    int size = 0
    private final Money rate

    Cart(int size) {
        this.size = size
    }

    /** Puts a price in. */
    def add(price) {
        check(price)
        lines.add(new Money(price))
    }

    def "a cart that is #state"() {
        expect: "no brace of {a type"
    }

    /** A line, which the grammar does not know in here. */
    @Immutable
    static class Line implements Priced {
        Money price

        Money price() { price }

        enum Unit { PIECE, METRE }
    }

    static String name(String text) {
        return text.trim()
    }
}

interface Priced {
    Money price()
}

trait Named {
    String name
}

enum State { OPEN, PAID }

def pay(Cart cart) {
    cart.price()
}

tasks.register('report') {
    println 'done'
}
