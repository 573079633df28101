#!/usr/bin/env bash
# Ships the orders of a day.
#
# usage: ship.sh [--dry-run] DAY

set -euo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. ./settings.sh
source "$HERE/lib/log.sh"
source "$(dirname "$0")/lib/retry.bash"
. $HERE/lib/carriers.sh

# How often a carrier is asked.
readonly RETRIES=3
declare -r DAY_FORMAT='%Y-%m-%d'
declare -A RATES=([letter]=1 [parcel]=5)
export ORDERS_DIR="${ORDERS_DIR:-/var/orders}"
dry_run=false

# Prints how to call this.
# Then leaves.
usage() {
  cat <<EOF
usage: $0 [--dry-run] DAY
EOF
  exit "${1:-0}"
}

function orders::of {
  local day=$1 file
  for file in "$ORDERS_DIR/$day"/*.json; do
    [[ -f $file ]] || continue
    jq -r .id "$file"
  done
}

## Ship one order.
function ship() {
  local order=$1
  if ! retry "$RETRIES" carrier_send "$order"; then
    log::error "not shipped: $order"
    return 1
  fi
  LAST=$(orders::of "$DAY" | tail -n 1)
}

cleanup() (
  cd "$ORDERS_DIR" && rm -f ./*.tmp
)

trap cleanup EXIT

while (($#)); do
  case $1 in
    --dry-run) dry_run=true ;;
    -h | --help) usage ;;
    *) DAY=$1 ;;
  esac
  shift
done

if [[ $(uname) == Darwin ]]; then
  today() { gdate +"$DAY_FORMAT"; }
else
  today() { date +"$DAY_FORMAT"; }
fi

main() {
  DAY="${DAY:-$(today)}"
  orders::of "$DAY" | while read -r order; do
    $dry_run || ship "$order"
  done
}

main "$@"
