// Orders as the API sees them.
import type { Customer } from "./customer";
import { type Money, round as roundMoney } from "../money";
import Carrier, * as carriers from "./carrier";
import fs = require("fs");
import { Injectable, Input } from "@shop/core";

export { Line } from "./line";
export type { Customer as Buyer } from "./customer";

export const LIMIT: number = 20;
export const enum Status { Open, Paid = 2, Shipped }
declare const VERSION: string;
const cache = new Map<string, Order>();

/** What a gateway answers. */
export type Answer<T extends object = Money> = { ok: true; value: T } | Failure | Promise<Retry[]>;

type Visitor = {
  /** Called once for each line. */
  line(line: Line): void;
  done?: () => Summary;
};

/**
 * Keeps orders.
 */
export interface Store<T> extends Iterable<T>, carriers.Source {
  readonly size: number;
  get(id: string): Promise<T | undefined>;
  put(
    id: string,
    value: T,
  ): void;
  new (name: string): Store<T>;
}

/** Ships what was paid. */
@Injectable({
  providedIn: "root",
  deps: [Store],
})
export abstract class Shipping<T extends Order> extends Service<T> implements Disposable, carriers.Named {
  static readonly RETRIES = 3;
  private static instance?: Shipping<Order>;

  /** Where it goes. */
  @Input() address: Address = new Address();

  constructor(private readonly store: Store<T>, @Inject(CLOCK) clock: Clock) {
    super(clock);
  }

  abstract label(order: T): string;

  find(id: number): T;
  find(id: string): T;
  find(id: any): T {
    return this.store!.get(id) as unknown as T;
  }

  /** Called by the queue. */
  @HostListener("paid", ["$event"])
  @Traced
  protected async onPaid<E extends Event>(event: E): Promise<void> {
    const carrier = await Carrier.pick(event.target);
    carrier?.send(roundMoney(event.amount) satisfies Money);
  }

  private handle = (event: Event): void => {
    this.onPaid(event);
  };

  get open(): ReadonlyArray<Order> {
    return [...cache.values()];
  }
}

export namespace Taxes {
  export const RATE = 0.19;
  const reduced = 0.07;
  export function of(order: Order): Money {
    return order.total.times(RATE);
  }
}

// Two ways to ask for a total.
export function total(order: Order): Money;
export function total(orders: readonly Order[], rate?: number): Money;
export function total(given: any, rate = Taxes.RATE): Money {
  return new carriers.Sum(given).apply<Money>(rate);
}

export const isOrder = (value: unknown): value is Order => value instanceof Order;

export const routes = {
  list: async (request: Request) => cache.size,
  show(request: Request) { return cache.get(request.id); },
} as const;

declare module "express" {
  interface Request { order?: Order }
  export function json(): Handler;
}

declare global {
  interface Window { shop: Shop }
}

export declare class Legacy<T> {
  read(name: string): T;
}

export declare function track(name: string): void;

export interface Route<E> {
  (path: string): Route<E>

  // With handlers.
  <T>(path: string, handler: Handler<T>): Route<T>
  /** With a method. */
  <T>(method: string, path: string): Route<T>
}
