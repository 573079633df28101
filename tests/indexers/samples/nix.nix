# A shop.
{ pkgs ? import <nixpkgs> { }, lib, ... }:

let
  inherit (lib) mkOption types;
  helpers = import ./helpers.nix { inherit lib; };
  # Doubles.
  double = x: x * 2;
  version = "1.0";
in
rec {
  imports = [ ./hardware.nix ../common.nix ];

  # Turns it on.
  options.services.shop.enable = mkOption {
    type = types.bool;
    default = false;
  };

  shop = pkgs.stdenv.mkDerivation {
    pname = "shop";
    inherit version;
    buildInputs = with pkgs; [ openssl ];
    buildPhase = helpers.compile "src";
  };

  add = { a, b ? 1 }: double a + b;
}
