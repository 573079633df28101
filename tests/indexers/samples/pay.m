% Payments of the shop.

function [total, rest] = pay(order, limit)
% PAY Pays an order.
    total = charge(order);
    rest = min(limit, order.left());
end

% Charges it.
function sum = charge(order)
    sum = prices(order);
end
