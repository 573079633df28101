// Orders of the shop, and what ships them.
using System;
using System.Collections.Generic;
using static System.Math;
using Lines = System.Collections.Generic.List<Shop.Line>;
global using Shop.Money;

[assembly: InternalsVisibleTo("Shop.Tests")]

namespace Shop.Orders
{
    /// <summary>Decides who pays.</summary>
    /// <param name="order">what is paid</param>
    public delegate Customer Payer<in T>(T order, bool early = false) where T : IOrder;

    /// <summary>
    /// What somebody bought.
    /// </summary>
    [Serializable]
    [Table("orders"), DebuggerDisplay("{Total}")]
    public sealed partial class Order<TLine> : OrderBase<TLine>, IOrder, Shipping.IShippable
        where TLine : class, ILine, new()
    {
        public const int MaxLines = 1 << 10, MinLines = 1;
        private static readonly Logger Log = Logger.For(typeof(Order<>));
        private readonly Dictionary<string, TLine[]> lines = new();

        static Order() => Registry.Register<Order<TLine>>();

        /// <summary>Starts empty.</summary>
        public Order(Customer customer, int? limit = null)
            : base(customer)
        {
            this.Customer = customer ?? throw new ArgumentNullException(nameof(customer));
        }

        ~Order()
        {
            Dispose(false);
        }

        /// <summary>Raised when it left.</summary>
        public event EventHandler<ShippedEventArgs> Shipped;

        public event Action Changed
        {
            add { changed += value; }
            remove { changed -= value; }
        }

        public Customer Customer { get; private set; }

        /// <summary>Sum of the lines.</summary>
        [JsonIgnore]
        public decimal Total
        {
            get { return lines.Values.Sum(line => line.Price()); }
            private set => Round(value);
        }

        public bool Empty => lines.Count == 0;

        public TLine this[string key]
        {
            get => lines[key][0];
        }

        // Asks twice,
        // at most.
        [Obsolete]
        public async Task<TResult> ShipAsync<TResult>(Shipping.Carrier carrier, params Func<TLine, TResult>[] each)
        {
            var session = await carrier.OpenAsync().ConfigureAwait(false);
            int Twice(int x) => x * 2;
            foreach (Parcel parcel in session.Parcels) carrier?.Send(parcel, Twice(2));
            Shipped?.Invoke(this, new ShippedEventArgs());
            return await base.ShipAsync<TResult>(carrier);
        }

        void IShippable.Cancel() { }

        public static Order<TLine> operator +(Order<TLine> left, TLine right) => left.With(right);

        public static implicit operator decimal(Order<TLine> order) => order.Total;

        private struct Cursor : IEnumerator<TLine>
        {
            public bool MoveNext() => false;
        }

        /// <summary>Where an order stands.</summary>
        [Flags]
        public enum State : byte
        {
            Open,
            Shipped = 2,
        }
    }

    public interface IOrder : INamed
    {
        decimal Total { get; }

        /// <summary>Sends it.</summary>
        Task<bool> Ship(Address to);
    }

    namespace Addresses
    {
        public record Address(string Street, City City) : Place(City);

        public readonly record struct Point(double X, double Y)
        {
            public Point Flip() => new(Y, X);
        }
    }
}

public class Carrier(HttpClient client, ILogger log) : CarrierBase(client), IDisposable
{
    public Task Send<T>(T parcel) where T : Parcel => client.PostAsync(parcel);
}

static class Extensions
{
    public static Money Price(this Line line) => Money.Of(line.Amount);
}

public interface ITracker
{
    /// <summary>Finds a parcel.</summary>
#if TRACKED
    [Tracked]
#endif
    Parcel Find(string id)
#if NET8_0_OR_GREATER
        => Find(id.AsSpan())
#endif
    ;

#if NET8_0_OR_GREATER
    /// <summary>Finds a parcel by its bytes.</summary>
    Parcel Find(ReadOnlySpan<char> id);
#endif

#if SPANS
    static Parcel First(ReadOnlySpan<Parcel> all)
#else
    static Parcel First(Parcel[] all)
#endif
    {
        return all[0];
    }
}
