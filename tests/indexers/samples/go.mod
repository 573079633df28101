// The shop.
module example.com/shop/v2

go 1.22

require example.com/tax v1.0.0
