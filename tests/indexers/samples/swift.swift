// Orders of the shop, and what ships them.

import Foundation
@testable import ShopKit
import struct Money.Amount
import class UIKit.UIView
#if canImport(Combine)
import Combine
#endif

/// No order is larger.
public let maxLines = 1 << 10
private var last: Order<Money>?
let (low, high) = (1, 2)

public typealias Completion<T> = (Result<T, OrderError>) -> Void

/// Decides who pays.
///
/// - Parameter order: what is paid
@discardableResult
public func payer<T: Priced>(of order: Order<T>, early: Bool = false) async throws -> Customer? where T: Hashable {
    func twice(_ x: Int) -> Int { x * 2 }
    let local = twice(2)
    return try await order.customer ?? Customer.unknown()
}

/**
 What somebody bought.
 */
@MainActor
open class Order<Item: Priced>: AbstractOrder<Item>, Shippable, ShopKit.Named where Item: Hashable {
    public static let shared = Order<Money>()
    static var count: Int = 0
    private let lines: [String: [Item]] = [:]
    @Published var state: State = .open
    lazy var clock: Clock = { Clock(zone: .utc) }()

    /// Sum of the lines.
    public var total: Money {
        lines.values.flatMap { $0 }.map(\.price).reduce(.zero, +)
    }

    var limit: Int = 20 {
        didSet { notify(limit) }
    }

    /// Starts empty.
    public required init(customer: Customer, clock: Clock? = nil) {
        self.customer = customer
        super.init(clock)
    }

    convenience init?() {
        self.init(customer: Customer())
    }

    deinit {
        NotificationCenter.default.removeObserver(self)
    }

    subscript(key: String) -> Item? {
        get { lines[key]?.first }
    }

    // Asks twice,
    // at most.
    @available(iOS 13, *)
    override open func ship<C>(to address: Address, by carrier: C, done: @escaping Completion<Receipt>) where C: Carrier {
        carrier.open(address)?.send(self) { result in done(result) }
        super.ship(to: address)
        queue.async { [weak self] in self?.clear() }
    }

    class func make() -> Self { fatalError() }

    struct Cursor: IteratorProtocol {
        mutating func next() -> Item? { nil }
    }
}

/// Where an order stands.
public enum State: String, CaseIterable {
    case open
    case shipped(Date), lost

    indirect enum Reason { case late(Reason) }

    var label: String { rawValue }

    func next() -> State { .shipped(Date()) }
}

public protocol Shippable: AnyObject, Named {
    associatedtype Target = Address
    var weight: Int { get }
    init(weight: Int)
    func ship(to address: Target) async throws -> Receipt
    static func make() -> Self
}

extension Order: Equatable, CustomStringConvertible where Item: Equatable {
    public static func == (left: Order, right: Order) -> Bool { left.total == right.total }

    public var description: String { "order" }
}

extension Shop.Order {
    enum Keys: CodingKey { case customer }
}

/// Keeps them apart.
actor Registry {
    private var orders: [ObjectIdentifier: Order<Money>] = [:]

    nonisolated func register(_ order: Order<Money>) async { orders[ObjectIdentifier(order)] = order }
}

@propertyWrapper
struct Clamped<Value: Comparable> {
    var wrappedValue: Value { didSet { wrappedValue = min(wrappedValue, bound) } }
    let bound: Value
}

precedencegroup Additive { associativity: left }
infix operator +++: Additive
func +++ (left: Money, right: Money) -> Money { left.plus(right) }

let audit = { (order: Order<Money>) in print(order) }

@freestanding(expression)
public macro stringify<T>(_ value: T) -> (T, String) = #externalMacro(module: "Macros", type: "Stringify")
