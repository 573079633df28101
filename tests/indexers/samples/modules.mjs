#!/usr/bin/env node
import React, { useState as useLocal, memo } from 'react';
import * as money from './money.js';
import Price from './price';
import './cart.css';
import { default as Badge } from './badge';

export { Price, Badge as default };
export { round as roundUp, floor } from './money.js';
export * from './orders.js';
export * as archive from './archive.js';

export const CURRENCY = 'EUR';
export let session;
export const { locale, zone } = Intl.DateTimeFormat().resolvedOptions();

/** One line of the cart. */
export const Line = memo(function Line({ product, onRemove }) {
  const [open, setOpen] = useLocal(false);
  const toggle = () => setOpen(!open);
  return (
    <li onClick={toggle}>
      <Price value={money.round(product.price)} />
      <Badge.Icon kind="new">{product.name}</Badge.Icon>
    </li>
  );
});

export const useCart = create((set) => ({
  lines: [],
  add: (line) => set(line),
}));

export const handlers = {
  submit(event) { event.preventDefault(); },
  reset: () => session.clear(),
};

export class Cart extends React.Component {
  state = { lines: [] };

  handleClick = () => {
    this.setState({ lines: [] });
  };

  render() {
    return <Line product={this.props.product} onRemove={this.handleClick} />;
  }
}

const lazyCart = React.lazy(() => import('./cart-page.js'));

// What the page shows first.
export async function load(id) {
  return fetchCart(id).then((cart) => cart.lines);
}

export default {
  name: 'cart',
  data: () => ({ lines: [] }),
  methods: {
    remove(line) { this.lines.delete(line); },
    total: function () { return money.sum(this.lines); },
  },
};
