/*
 * Orders of the shop, and what ships them.
 */
@file:JvmName("Orders")

package com.example.shop

import com.example.money.Money
import com.example.money.round as roundMoney
import java.util.*

/** No order is larger. */
const val MAX_LINES = 1 shl 10

private val log: Logger = LoggerFactory.getLogger("orders")

var last: Order<*>? = null

typealias Lines<T> = MutableMap<String, List<T>>

/** Decides who pays. */
@JvmOverloads
fun payer(order: Order<*>, early: Boolean = false): Customer? = order.customer ?: early.let { null }

/** Half of it. */
inline fun <reified T : Money> Order<T>.half(crossinline price: (Line) -> T): T {
    val each = lines.map { it.price() }
    fun twice(x: Int): Int = x * 2
    return roundMoney(each.sum() / twice(1)) as T
}

suspend fun String?.toMoney() = Money.parse(this)

val List<Line>.heaviest: Line
    get() = maxBy { line -> line.weight }

/**
 * What somebody bought.
 *
 * @param customer who did
 */
@Serializable
@Table(name = "orders")
open class Order<T : Money> @Inject constructor(
    val customer: Customer?,
    private val clock: Clock = Clock.System,
) : AbstractOrder<T>(clock), Shippable, Iterable<Line> by lines where T : Comparable<T> {
    private val lines: Lines<T> = mutableMapOf()

    val total: Money by lazy { lines.values.sum() }

    var state: State = State.Open
        private set(value) {
            field = value
            notify(value)
        }

    init {
        require(customer != null) { "nobody" }
    }

    // Starts empty.
    constructor() : this(null) {
        log.info("empty")
    }

    @Throws(ShippingException::class)
    override suspend fun ship(to: Address, vararg rest: shipping.Carrier): Result<Unit> {
        super.ship(to)
        this.lines.clear()
        val carrier = object : Carrier() {
            override fun send() = Unit
        }
        return carrier.open(to)?.use<Session, Result<Unit>> { it.send() }!!
    }

    operator fun plus(line: Line): Order<T> = apply { lines["x"] = listOf(line) }

    inner class Cursor : Iterator<Line> {
        override fun hasNext() = this@Order.lines.isNotEmpty()
    }

    /** Makes orders. */
    companion object : Factory<Order<Money>> {
        private const val PREFIX = "order."

        @JvmStatic
        fun of(vararg lines: Line) = Order<Money>()
    }
}

sealed interface Shippable : Named {
    val weight: Int

    suspend fun ship(to: Address): Result<Unit>

    data class Address(val street: String, val city: City) : Shippable.Target

    data object Nowhere : Target
}

enum class State(val label: String) : Labelled {
    Open("open"),
    Shipped("shipped") {
        override fun next() = this
    };

    abstract fun next(): State
}

object Registry : HashMap<String, Order<*>>() {
    fun register(order: Order<*>) {
        put(order.customer!!.name, order)
    }
}

@JvmInline
value class Weight(val grams: Int)

annotation class Fragile(val value: Int = 1)

fun interface Payer {
    fun pay(amount: Money)
}

class Courier
  private constructor(val name: String) {
    fun start() {
      var open: Boolean
      open = name.isEmpty()
    }
  }

class Guard
internal actual constructor(val rule: Int) {
    fun <T> checks(order: T & Any): Int = when (order) {
        is String if order.length > rule -> 1
        else -> 2
    }
}

fun routes(by: Session) {
    val served by inject<Shop>()
    get("/all") {
        by.send(served)
    }
    val id = insert { it } get key
}

inline fun <
    reified Key : Any,
    reified Value : Any,
    > Session.find(key: Key, change: Value.() -> Unit = {}): Value? = lookup(key)

suspend fun Throwable.suspend(): Nothing = throw this

fun <A> resource(block: suspend context(Scope) (A) -> Unit, dynamic: Any) {
    val set = suspend { block(dynamic) }
    listOf(suspend { fail().suspend() })
    if (set != null) {
        set() shouldBe update()
        get().forEach { println(it) }
    }
}

context(scope: Scope) @Slow fun <A> opened(@all:Json("a") a: A): A = a

class Held(val dynamic: Any)
