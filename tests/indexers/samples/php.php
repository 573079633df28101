<?php

declare(strict_types=1);

namespace App\Orders;

use App\Models\Customer;
use App\Money as Amount;
use App\Events\{OrderPaid, OrderShipped as Shipped};
use function App\Support\round_up;
use const App\Support\PRECISION;
use Countable;

require_once __DIR__ . '/helpers.php';
include 'legacy.php';

const OPEN = 'open', PAID = 'paid';
define('ORDER_LIMIT', 20);

/**
 * What can be shipped.
 */
interface Shippable extends HasAddress, \JsonSerializable
{
    public const CARRIER = 'post';

    public function ship(
        Carrier $carrier,
        ?Address $to = null,
    ): Receipt;
}

/** Counts what happens. */
trait Counts
{
    private int $count = 0;

    protected function counted(): static
    {
        $this->count++;

        return $this;
    }
}

enum Status: string implements HasLabel
{
    case Open = 'open';
    case Paid = 'paid';

    const FIRST = self::Open;

    public static function fromCode(int $code): self
    {
        return match ($code) {
            1 => self::Open,
            default => throw new \InvalidArgumentException("code $code"),
        };
    }
}

/**
 * What somebody bought.
 *
 * @property-read Amount $total
 */
#[Entity(repository: OrderRepository::class)]
#[Table('orders')]
abstract class Order extends Base\Model implements Shippable, Countable
{
    use Counts, \App\Support\Dispatches {
        counted as private tally;
    }

    // The most one can order.
    final public const MAX_LINES = 50;

    private static ?Order $last = null;

    public string $label {
        get => strtoupper($this->name);
    }

    public function __construct(
        private readonly Customer $customer,
        protected array|Collection $lines = [],
    ) {
        parent::__construct();
        self::$last = $this;
    }

    /** Pays and tells everybody. */
    #[Route('/orders/{id}', methods: ['POST'])]
    public function pay(Account $account, Amount ...$tips): ?Payment
    {
        try {
            $payment = $account->charge($this->total())?->confirm();
            event(new OrderPaid($this));
            Log::info('paid', ['order' => $this->id]);
        } catch (CardDeclined | \App\Errors\Timeout $error) {
            static::failed($error);
        }
        $notify = fn (Customer $customer) => $customer->notify(new Shipped());

        return $payment instanceof Payment ? $payment : null;
    }

    abstract protected function total(): Amount;
}

function orders_of(Customer $customer): iterable
{
    return array_filter(\App\Support\all(), function (Order $order) use ($customer) {
        return $order->belongsTo($customer);
    });
}

if (!function_exists('order_url')) {
    /** Where an order is shown. */
    function order_url(Order $order): string
    {
        return url('/orders/' . $order->id);
    }
}

$handler = function (Request $request) {
    return new class($request) extends Controller {
        public function __invoke(): Response
        {
            return response()->json(Order::MAX_LINES);
        }
    };
};
