/** Orders of the shop, and what ships them. */
package com.example
package shop

import cats.effect.IO
import cats.syntax.all._
import cats.data.{Kleisli, NonEmptyList => Nel, Validated as _, *}
import java.util as ju, scala.concurrent.Future
import money.{given, *}
import Money.given Ordering[Money]

/** What somebody bought.
  *
  * @param customer who did
  */
@Entity
final case class Order[F[_]: Async, +L <: Line](customer: Customer, lines: List[L] = Nil)(implicit clock: Clock[F])
    extends AbstractOrder[F](clock)
    with Shippable
    with Serializable {
  import Order._

  private val log: Logger = LoggerFactory.getLogger(getClass)
  lazy val total: Money = lines.map(_.price).sum
  var state: State = State.Open

  // Starts empty.
  def this(customer: Customer) = this(customer, Nil)

  /** Sends it. */
  @throws[ShippingException]
  override def ship[A](to: Address)(using carrier: shipping.Carrier[A]): F[Unit] = {
    val session = carrier.open(to)
    def twice(x: Int): Int = x * 2
    for {
      _ <- session.send[Parcel](this)
      _ <- F.delay(log.info("sent"))
    } yield new Receipt(twice(2)) with Stamped
  }

  def +(line: Line): Order[F, L] = copy(lines = line :: lines)

  type Key = String
  type Out <: Money

  class Cursor extends Iterator[L] {
    def hasNext: Boolean = Order.this.lines.nonEmpty
  }
}

/** Makes orders. */
object Order extends Factory[Order] {
  final val MaxLines = 1 << 10
  val Empty, Nothing = of()
  val (first, second) = pair

  def of(lines: Line*): Order = new Order(Customer.unknown, lines.toList)

  implicit val ordering: Ordering[Order] = Ordering.by(_.total)

  implicit class OrderOps(private val self: Order) extends AnyVal {
    def half: Money = self.total / 2
  }
}

sealed trait Shippable extends Named with Tracked[Address] { self: Order =>
  def ship(to: Address): Future[Unit]
  val weight: Int
  protected[shop] def cancel(): Unit
}

package object syntax extends SyntaxInstances {
  type Result[A] = Either[Error, A]
  val Limit = 20
}

package inner {
  case object Nowhere extends Address
}

enum State(val label: String) extends Labelled:
  case Open extends State("open")
  case Shipped, Lost
  case Held(until: Instant)

  /** Follows it. */
  def next: State = this match
    case Open => Shipped
    case held: Held => held.until.wait()
end State

opaque type Weight = Int

given orderOrdering: Ordering[Order] with
  def compare(x: Order, y: Order): Int = x.total.compare(y.total)

given Show[Line] = Show.fromToString

given [A: Show]: Show[List[A]] with {
  def show(list: List[A]): String = list.map(_.show).mkString
}

extension [A <: Line](line: A)
  /** Half of it. */
  def half: Money = line.price / 2
  def ++(other: A): List[A] = List(line, other)

extension (money: Money) def isZero: Boolean = money.amount == 0

@main def audit(path: String): Unit = println(Order.of().total)

val limit: Int = 20
inline def payer(order: Order): Customer = order.customer
