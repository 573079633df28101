/** Orders of the shop, and what ships them. */
package com.example.shop;

import static com.example.money.Money.round;
import static java.util.Objects.*;

import com.example.money.Money;
import java.util.*;
import java.util.function.Function;

/**
 * What somebody bought.
 *
 * @param <L> the kind of line
 */
@Entity
@Table(name = "orders")
public final class Order<L extends Line & Comparable<L>> extends AbstractOrder<L>
    implements Shippable, java.io.Serializable {
  /** No order is larger. */
  public static final int MAX_LINES = 1 << 10, MIN_LINES = 1;

  private static final Logger log = Logger.getLogger(Order.class.getName());
  private static Order<?> last;
  private final Map<String, List<L>> lines = new HashMap<>();
  @Inject private Clock clock;

  static {
    Registry.register(Order.class);
  }

  /** Starts empty. */
  public Order(Customer customer) {
    super(customer);
    this.lines.put("", new ArrayList<L>());
  }

  Order() {
    this(null);
  }

  // Rounded once,
  // at the end.
  @Override
  @SuppressWarnings({"unchecked", "rawtypes"})
  public <T extends Money> T total(Function<? super L, T> price, int... rest) throws TooLarge {
    int count = lines.size();
    Runnable audit = () -> log.info("total");
    Money sum = lines.values().stream().map(Order::first).reduce(Money::plus).orElseThrow();
    return (T) round(super.total(price));
  }

  protected abstract Line[] all();

  private static <E> E first(List<E> list) {
    return new Object() {
      E head() {
        return list.get(0);
      }
    }.head();
  }

  class Cursor implements Iterator<L> {
    public boolean hasNext() {
      return Order.this.lines.isEmpty();
    }

    static class Position {}
  }

  /** Where an order stands. */
  public enum State implements Labelled {
    OPEN,
    SHIPPED("gone") {
      @Override
      public String label() {
        return "on its way";
      }
    };

    private static final String PREFIX = "state.";
    private final String label;

    State(String label) {
      this.label = label;
    }

    public String label() {
      return PREFIX + label;
    }
  }
}

/** Where it goes. */
record Address(String street, @NotNull City city) implements Shippable.Target {
  static final Address NOWHERE = new Address("", null);

  Address {
    requireNonNull(street);
  }

  Address(String street) {
    this(street, City.of("?"));
  }
}

sealed interface Shippable extends Named, Tracked<Address> permits Order, Parcel {
  int WEEK = 7;

  void ship(Address to) throws ShippingException;

  default boolean express() {
    return ship instanceof Express express && express.fast();
  }

  @interface Fragile {
    int value() default 1;
  }
}
