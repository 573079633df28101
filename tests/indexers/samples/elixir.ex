# Shipping of orders.
defmodule Shop.Carrier do
  @moduledoc """
  Moves parcels.

  A carrier asks for a price per zone.
  """

  use GenServer, restart: :transient
  use Shop.Web, :controller
  import Ecto.Query, only: [from: 2]
  alias Shop.Parcel
  alias Shop.{Tariff, Zones.Zone}
  alias Shop.Billing.Invoice, as: Bill
  require Logger

  @behaviour Shop.Quoting
  @behaviour :gen_statem
  @timeout 5_000
  @type price :: non_neg_integer()
  @typep state :: %{required(:open) => boolean()}
  @opaque handle :: reference()
  @callback quote(Parcel.t(), keyword()) :: {:ok, price()} | :error
  @macrocallback traced(Macro.t()) :: Macro.t()

  @enforce_keys [:name]
  defstruct [:name, prices: %{}]

  @doc """
  Starts a carrier.

      iex> Shop.Carrier.start_link(name: "north")
  """
  @doc since: "1.2.0"
  @spec start_link(keyword()) :: GenServer.on_start()
  def start_link(opts \\ []) do
    GenServer.start_link(__MODULE__, opts, name: opts[:name])
  end

  @impl true
  def init(opts), do: {:ok, struct!(__MODULE__, opts)}

  @impl true
  def handle_call({:quote, %Parcel{} = parcel}, _from, state) do
    {:reply, price(parcel, state), state}
  end

  # Asked by the tests only.
  def handle_call(:count, _from, %{open: open} = state) when is_list(open) do
    {:reply, length(open), state}
  end

  @doc "The price of a parcel."
  @spec price(Parcel.t(), map()) :: price()
  def price(parcel, state)
  def price(%Parcel{weight: weight}, _state) when weight > 30, do: raise(Shop.TooHeavy, weight: weight)

  def price(parcel, %__MODULE__{prices: prices}) do
    prices
    |> Map.get(parcel.zone)
    |> Tariff.apply_to(parcel)
    |> surcharge()
    |> Enum.map(&round/1)
  end

  @doc "The price without a state."
  def price(parcel), do: price(parcel, %{})

  defp surcharge(cents) do
    add = fn x -> x + @timeout end
    add.(cents)
  end

  @doc false
  defmacro traced(expression) do
    quote do
      Logger.debug(inspect(unquote(expression)))
      unquote(expression)
    end
  end

  defmacro __using__(_opts) do
    quote do
      import Shop.Carrier
      def carrier, do: __MODULE__
    end
  end

  defguard is_heavy(parcel) when parcel.weight > 30
  defdelegate close(carrier), to: GenServer, as: :stop

  def left <~> right do
    Bill.total(left) + right.total
  end

  defmodule Error do
    defexception [:message]

    @impl Exception
    def message(%{message: message}), do: "refused: #{message}"
  end
end

defprotocol Shop.Priced do
  @doc "The price before tax."
  @spec cost(t) :: integer
  def cost(thing)
end

defimpl Shop.Priced, for: Shop.Parcel do
  def cost(%{weight: weight}), do: :math.ceil(weight) * 2
end

defmodule Shop.CarrierTest do
  use ExUnit.Case, async: true

  setup :start_carrier

  describe "price/2" do
    test "is never negative", %{carrier: carrier} do
      assert Shop.Carrier.price(%Shop.Parcel{}, carrier) >= 0
    end
  end
end
