classdef Cart < handle
    % What a customer means to buy.
    properties
        Total = 0
        Owner string
    end
    methods
        function obj = Cart(owner)
            obj.Owner = owner;
        end
        function add(obj, price)
            % Puts a price in.
            obj.Total = obj.Total + parse(price);
        end
    end
    enumeration
        Open, Paid
    end
end
