// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./Base.sol";
import {Money as Cash, round} from "../lib/Money.sol";
import * as Store from "./Store.sol";

/// Too little.
error TooLittle(uint256 have, uint256 need);

uint256 constant MAX_ITEMS = 10;

struct Point { uint x; uint y; }

function double(uint x) pure returns (uint) { return x * 2; }

/// Has a price.
interface IPriced {
    function price() external view returns (uint256);
}

library Maths {
    function add(uint a, uint b) internal pure returns (uint) { return a + b; }
}

/**
 * @title A cart.
 */
contract Cart is Base, IPriced, ERC20("cart", "C") {
    using Maths for uint256;

    enum State { Open, Paid }

    /// An item.
    struct Item {
        string name;
        uint256 cost;
    }

    event Paid(address indexed who, uint256 amount);

    /// All items.
    mapping(uint256 => Item) public items;
    uint256 private constant RATE = 3;

    modifier onlyOpen() {
        require(state == State.Open, "closed");
        _;
    }

    constructor(address owner) Base(owner) {
        state = State.Open;
    }

    /// @notice Pays.
    function pay(uint256 amount) external payable onlyOpen returns (bool ok) {
        if (amount < 1) revert TooLittle(amount, 1);
        emit Paid(msg.sender, amount);
        Item memory item = Item("a", amount);
        _check(item);
        return IPriced(address(this)).price() > amount.add(1);
    }

    function _check(Item memory item) internal {}

    receive() external payable {}
    fallback() external {}
}
