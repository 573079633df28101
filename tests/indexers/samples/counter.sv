// Counts.
`include "defs.svh"
`define WIDTH 8

package shop_pkg;
  /// Most items.
  parameter int MAX_ITEMS = 10;
  typedef enum logic [1:0] { OPEN, PAID } state_t;
  typedef struct packed { logic [7:0] cost; } item_t;

  function automatic int twice(int x);
    return x * 2;
  endfunction
endpackage

/// A bus.
interface bus_if (input logic clk);
  logic valid;
  modport master (output valid);
endinterface

// Counts up.
module counter #(parameter WIDTH = `WIDTH) (
  input  logic clk,
  output logic [WIDTH-1:0] value
);
  import shop_pkg::*;
  logic [7:0] next;

  adder #(.N(8)) u_adder (.a(value), .y(next));

  always_ff @(posedge clk) value <= next;

  task reset(input int n);
    $display("reset");
    check(n);
  endtask
endmodule

class Cart extends Base;
  int items;
  function new(int n);
    items = n;
  endfunction
  virtual task pay();
    twice(items);
  endtask
endclass
