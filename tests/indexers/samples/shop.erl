%% Orders of the shop.
-module(shop).
-behaviour(gen_server).
-export([pay/1]).
-include("shop.hrl").
-include_lib("kernel/include/file.hrl").

-define(RATE, 19).
-define(TAX(Sum), Sum * ?RATE).

%% What a customer bought.
-record(order, {id, lines = [] :: list()}).

-type cart() :: #order{}.
-callback init(term()) -> ok.

%% Pays an order.
-spec pay(cart()) -> ok.
pay(#order{lines = []}) ->
    ok;
pay(Order) ->
    charge(Order),
    money:parse(Order).

charge(Order) -> ?TAX(Order).
