/**
 * Orders: what was bought, by whom, and what it costs.
 */
'use strict';

const path = require('path');
const { round, sum: add } = require('./money');
const config = require('../config').shop;
require('./polyfill');

const LIMIT = 20;
const RATES = { normal: 0.19, reduced: 0.07 };
let cache = new Map(), misses = 0;
var started;

/**
 * Keeps orders until they are shipped.
 */
class Orders extends store.Base {
  static MAX_OPEN = 100;
  #open = [];
  label = 'orders';

  constructor(name, { clock = Date } = {}) {
    super(name);
    this.clock = clock;
  }

  /** How many are open. */
  get size() {
    return this.#open.length;
  }

  // Bound, since it is handed to the queue.
  onPaid = async (order) => {
    await this.#ship(order);
    this.events.emit('paid', order);
  };

  static of(...orders) {
    const all = orders.map((order) => order.clone());
    return new Orders(all);
  }

  save = debounce(() => {
    this.#ship();
  }, 100);

  async *[Symbol.asyncIterator]() {
    yield* this.#open;
  }

  #ship(order) {
    function retry() {
      return carriers.pick(order)?.send(order);
    }
    return retry();
  }
}

class Archive extends Frozen(Orders, Named) {}

// Old style, as the plugins still use it.
function Cart(owner) {
  this.owner = owner;
  this.lines = [];
}

Cart.prototype.total = function () {
  return round(this.lines.reduce(add, 0));
};

jQuery.fn.cart = (text) => JSON.parse(text);

Wishlist.prototype = {
  share: function (friend) { return mail(friend); },
  clear() { this.items = []; },
};

Cart.empty = () => new Cart(null);

const parsers = {
  csv: (text) => text.split(','),
  'tab-separated': function (text) { return text.split('\t'); },
  json(text) { return JSON.parse(text); },
  limit: LIMIT,
};

/** Pays an order. */
const pay = async (order, account) => {
  const { charge } = await import('./bank');
  return charge(order, account);
};

function* pages(list) {
  for (let at = 0; at < list.length; at += LIMIT) yield list.slice(at, at + LIMIT);
}

const slice = createSlice({
  name: 'cart',
  reducers: { add(state, action) { state.push(action); } },
  prepare: (line) => ({ payload: line }),
});

app.use(require('./routes/orders'));
app.get('/orders/:id', async function (request, response) {
  response.send(await find(request.params.id));
});

/**
 * Gives the money back.
 */

exports.refund = function refund(order) {
  if (order instanceof Cart) throw new shop.RefundError(path.basename(order.file));
};

exports.VERSION = '3.1';
module.exports.Orders = Orders;
module.exports.Ledger = class extends Orders {
  balance() { return add(this); }
};

const { currency, locale: place } = settings;

/** Makes a till. */
function Till() {
  const drawer = {};
  const close = () => {
    drawer.shut();
  };
  this.open = function () {
    close();
  };
  drawer.shut = function () {};
  return drawer;
}
