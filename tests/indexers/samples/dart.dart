/// A shop.
library shop;

import 'dart:async';
import 'package:shop/store.dart' as store show Store;
import '../money.dart';
export 'src/cart.dart';
part 'cart.g.dart';

/// Most items.
const maxItems = 10;
final log = Logger('shop');
late String name;

typedef Handler = void Function(Event event);

/// What is bought.
@immutable
abstract class Cart<T> extends Base<T> with Counted implements Priced, Named {
  /// Makes one.
  Cart(this.items, {super.key});

  /// Makes an empty one.
  Cart.empty() : this([]);
  const Cart._();
  factory Cart.of(Map<String, Object?> json) => Cart.empty();

  final List<T> items;
  static const limit = 5;

  /// What it costs.
  double get total => items.fold(0, (sum, item) => sum + price(item));
  set discount(double value) => _discount = value;

  @override
  Future<void> pay({required String card}) async {
    await store.charge(card);
    helper<int>();
  }

  bool operator ==(Object other) => other is Cart;
  void draw();
}

/// Counts.
mixin Counted on Base {
  int count() => 1;
}

/// Of an order.
enum State {
  /// Not paid.
  open,
  paid(2);

  const State([this.level = 0]);
  final int level;
  bool get isPaid => this == paid;
}

/// More of text.
extension Texts on String {
  String shout() => toUpperCase();
}

/// Starts.
void main(List<String> arguments) {
  void inner() {}
  final cart = Cart<int>.empty();
  runApp(cart);
  inner();
}

double get rate => 1.5;
int helper<T>() => 1;
